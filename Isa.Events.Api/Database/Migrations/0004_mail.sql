-- What mails have said. What an attendee's calendar shows by now, as JSON: it is compared with what holds, so that only those whose entry changed are written to.
ALTER TABLE registrations ADD COLUMN told ${text};

-- What a message to the contact of a delegation is about, where that is not one of its members.
ALTER TABLE outbox ADD COLUMN delegation_id ${id};

-- Who of those concerned a message is for; null while nothing was rendered, and for a row that still is to be passed on to each registration.
ALTER TABLE outbox ADD COLUMN recipient ${text};

-- Of the message as it was last attempted.
ALTER TABLE outbox ADD COLUMN message_id ${text};

-- Of the first attempt. Until then a newer row may take its place.
ALTER TABLE outbox ADD COLUMN attempted_at ${instant};

-- From the first attempt on: when it counts as failed.
ALTER TABLE outbox ADD COLUMN gives_up_at ${instant};

ALTER TABLE outbox ADD COLUMN done_at ${instant};

-- Told to many at once: it lets those pass who wait in front of their screen.
ALTER TABLE outbox ADD COLUMN bulk ${bool} NOT NULL DEFAULT FALSE;

DROP INDEX outbox_due;

CREATE INDEX outbox_due ON outbox (bulk, due_at, id) WHERE state = 'pending';

CREATE INDEX outbox_leased ON outbox (leased_by) WHERE leased_by IS NOT NULL;

CREATE INDEX outbox_by_registration ON outbox (event_id, registration_id, id);
