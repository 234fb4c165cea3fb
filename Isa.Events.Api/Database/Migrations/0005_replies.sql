-- What comes back: answers from calendars, reports of mails that did not arrive, and what people write.
ALTER TABLE registrations ADD COLUMN reply ${text};

ALTER TABLE registrations ADD COLUMN replied_at ${instant};

ALTER TABLE registrations ADD COLUMN reply_comment ${text};

-- Of the last answer that counted: an older one that comes later does not.
ALTER TABLE registrations ADD COLUMN reply_sequence ${int64};

ALTER TABLE registrations ADD COLUMN reply_stamp ${instant};

-- Where the event was moved to another day since they said they would come: awaited, or what they said then.
ALTER TABLE registrations ADD COLUMN answer_after_change ${text};

-- Until then somebody who said no in their calendar can say that it was a mistake.
ALTER TABLE registrations ADD COLUMN decline_takes_effect_at ${instant};

ALTER TABLE registrations ADD COLUMN mail_state ${text};

ALTER TABLE registrations ADD COLUMN mail_bounced_at ${instant};

ALTER TABLE registrations ADD COLUMN mail_bounce_code ${text};

CREATE INDEX registrations_by_decline ON registrations (decline_takes_effect_at) WHERE decline_takes_effect_at IS NOT NULL;

-- Every mail that came in, and what became of it. The mail itself is kept for a while where somebody may want to look at it.
CREATE TABLE received_mails (
    id ${id} PRIMARY KEY,
    fingerprint ${text} NOT NULL UNIQUE,
    event_id ${id},
    registration_id ${id},
    outcome ${text} NOT NULL,
    reason ${text},
    subject ${text},
    size ${int64} NOT NULL,
    original ${blob},
    received_at ${instant} NOT NULL
) ${strict};

CREATE INDEX received_mails_by_event ON received_mails (event_id, id);

CREATE INDEX received_mails_by_time ON received_mails (received_at);

-- One more role. SQLite changes no CHECK, so the table is made anew.
CREATE TABLE api_keys_next (
    id ${id} PRIMARY KEY,
    holder_id ${id} NOT NULL,
    hash ${blob} NOT NULL UNIQUE,
    hint ${text} NOT NULL,
    role ${text} NOT NULL CHECK (role IN ('organizer', 'partner', 'checkIn', 'mailIntake')),
    name ${text} NOT NULL,
    is_test ${bool} NOT NULL,
    created_at ${instant} NOT NULL,
    expires_at ${instant},
    revoked_at ${instant},
    last_used_at ${instant},
    confirms_addresses ${bool} NOT NULL DEFAULT FALSE
) ${strict};

INSERT INTO api_keys_next (id, holder_id, hash, hint, role, name, is_test, created_at, expires_at, revoked_at, last_used_at, confirms_addresses)
SELECT id, holder_id, hash, hint, role, name, is_test, created_at, expires_at, revoked_at, last_used_at, confirms_addresses FROM api_keys;

CREATE TABLE api_key_events_next (
    key_id ${id} NOT NULL REFERENCES api_keys_next (id),
    event_id ${id} NOT NULL,
    PRIMARY KEY (key_id, event_id)
) ${keyed};

INSERT INTO api_key_events_next (key_id, event_id) SELECT key_id, event_id FROM api_key_events;

DROP TABLE api_key_events;

DROP TABLE api_keys;

ALTER TABLE api_keys_next RENAME TO api_keys;

ALTER TABLE api_key_events_next RENAME TO api_key_events;
