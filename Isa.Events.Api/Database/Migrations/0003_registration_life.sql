-- How people wait, move, are approved, invited and registered together. Rules and questions of an event and the waitlist of a site are JSON, read and written whole.
ALTER TABLE events ADD COLUMN rules ${text};

ALTER TABLE events ADD COLUMN questions ${text};

ALTER TABLE sites ADD COLUMN waitlist ${text};

ALTER TABLE api_keys ADD COLUMN confirms_addresses ${bool} NOT NULL DEFAULT FALSE;

-- Counts every change, where revision counts those that the calendar shows.
ALTER TABLE registrations ADD COLUMN version ${int64} NOT NULL DEFAULT 1;

-- Whether it is one of its site's seats_taken. A waitlist entry that is offered is the others of them.
ALTER TABLE registrations ADD COLUMN holds_seat ${bool} NOT NULL DEFAULT FALSE;

ALTER TABLE registrations ADD COLUMN confirmed_at ${instant};

-- Until then a seat is held for an address that is not confirmed yet, or for a name that follows.
ALTER TABLE registrations ADD COLUMN hold_ends_at ${instant};

ALTER TABLE registrations ADD COLUMN waitlist_entry_id ${id};

-- What is to happen where the site is full by the time a pending one is confirmed or approved.
ALTER TABLE registrations ADD COLUMN when_full ${text};

ALTER TABLE registrations ADD COLUMN fallback_site_id ${id};

ALTER TABLE registrations ADD COLUMN name_follows ${bool} NOT NULL DEFAULT FALSE;

ALTER TABLE registrations ADD COLUMN answers ${text};

ALTER TABLE registrations ADD COLUMN invitee_id ${id};

-- The city, folded, where the event has a quota for it.
ALTER TABLE registrations ADD COLUMN quota_city ${text};

ALTER TABLE registrations ADD COLUMN decision_text ${text};

ALTER TABLE registrations ADD COLUMN end_reason ${text};

-- A deputy's registration takes over the reference of the one it replaces.
ALTER TABLE registrations ADD COLUMN replaces ${id};

ALTER TABLE registrations ADD COLUMN replaced_by ${id};

UPDATE registrations SET confirmed_at = created_at WHERE status = 'confirmed';

UPDATE registrations SET holds_seat = TRUE
WHERE status = 'confirmed' AND (NOT is_test OR EXISTS (SELECT 1 FROM events e WHERE e.id = registrations.event_id AND e.is_test));

DROP INDEX registrations_by_reference;

CREATE UNIQUE INDEX registrations_by_reference ON registrations (event_id, reference) WHERE replaced_by IS NULL;

CREATE INDEX registrations_by_entry ON registrations (waitlist_entry_id) WHERE waitlist_entry_id IS NOT NULL;

CREATE INDEX registrations_by_hold ON registrations (hold_ends_at) WHERE hold_ends_at IS NOT NULL;

CREATE INDEX registrations_by_delegation ON registrations (delegation_id) WHERE delegation_id IS NOT NULL;

CREATE INDEX registrations_by_quota ON registrations (event_id, quota_city) WHERE quota_city IS NOT NULL;

CREATE INDEX registrations_by_invitee ON registrations (invitee_id) WHERE invitee_id IS NOT NULL;

-- One wish for seats at a full site: of one registration, or of the members of a delegation who wait together. Its registrations name it.
CREATE TABLE waitlist_entries (
    id ${id} PRIMARY KEY,
    event_id ${id} NOT NULL,
    site_id ${id} NOT NULL,
    delegation_id ${id},
    number ${int64} NOT NULL,
    size ${int64} NOT NULL CHECK (size > 0),
    state ${text} NOT NULL CHECK (state IN ('queued', 'offered', 'promoted', 'expired', 'withdrawn')),
    created_at ${instant} NOT NULL,
    offer_ends_at ${instant},
    ended_at ${instant},
    FOREIGN KEY (event_id, site_id) REFERENCES sites (event_id, id),
    CHECK (state <> 'offered' OR offer_ends_at IS NOT NULL)
) ${strict};

-- The queue: by number, which is never given twice while somebody waits.
CREATE UNIQUE INDEX waitlist_queue ON waitlist_entries (event_id, site_id, number) WHERE state = 'queued';

CREATE INDEX waitlist_offers ON waitlist_entries (offer_ends_at) WHERE state = 'offered';

CREATE TABLE delegations (
    id ${id} PRIMARY KEY,
    event_id ${id} NOT NULL REFERENCES events (id),
    is_test ${bool} NOT NULL,
    made_by ${id} NOT NULL,
    external_id ${text},
    contact_name ${text} NOT NULL,
    contact_email ${text} NOT NULL,
    contact_email_normalised ${text} NOT NULL,
    contact_phone ${text},
    organisation ${text},
    city ${text},
    language ${text} NOT NULL CHECK (language IN ('de', 'en', 'zh')),
    names_due_at ${instant},
    left_out ${text},
    token_version ${int64} NOT NULL,
    version ${int64} NOT NULL,
    created_at ${instant} NOT NULL,
    updated_at ${instant} NOT NULL
) ${strict};

CREATE INDEX delegations_by_event ON delegations (event_id, contact_email_normalised);

CREATE UNIQUE INDEX delegations_by_external_id ON delegations (event_id, made_by, external_id) WHERE external_id IS NOT NULL;

-- The code itself is derived from a server secret, so that a mail can carry it again; what is stored finds it.
CREATE TABLE invitees (
    id ${id} PRIMARY KEY,
    event_id ${id} NOT NULL REFERENCES events (id),
    state ${text} NOT NULL CHECK (state IN ('invited', 'declined', 'revoked')),
    code_hash ${blob} NOT NULL UNIQUE,
    code_version ${int64} NOT NULL,
    external_id ${text},
    full_name ${text} NOT NULL,
    email ${text},
    email_normalised ${text},
    name_normalised ${text} NOT NULL,
    family_name ${text},
    romanized_name ${text},
    form_of_address ${text},
    job_title ${text},
    organisation ${text},
    city ${text},
    audience ${text},
    language ${text} NOT NULL CHECK (language IN ('de', 'en', 'zh')),
    phone ${text},
    search_text ${text} NOT NULL,
    version ${int64} NOT NULL,
    invited_at ${instant},
    created_at ${instant} NOT NULL,
    updated_at ${instant} NOT NULL,
    revoked_at ${instant}
) ${strict};

CREATE UNIQUE INDEX invitees_by_address ON invitees (event_id, email_normalised) WHERE email_normalised IS NOT NULL;

CREATE UNIQUE INDEX invitees_by_external_id ON invitees (event_id, external_id) WHERE external_id IS NOT NULL;

CREATE INDEX invitees_by_event ON invitees (event_id, id);

-- How often somebody tried something within a window: guesses of codes, mails to an address. The subject is a digest.
CREATE TABLE attempts (
    scope ${text} NOT NULL,
    subject ${text} NOT NULL,
    window_began_at ${instant} NOT NULL,
    count ${int64} NOT NULL,
    PRIMARY KEY (scope, subject)
) ${keyed};

CREATE INDEX attempts_by_window ON attempts (window_began_at);
