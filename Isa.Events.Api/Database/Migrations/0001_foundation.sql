-- One text for both databases; the types in ${} differ. One statement per command: statements end with a semicolon at the end of a line.

CREATE TABLE server_secrets (
    name ${text} PRIMARY KEY,
    value ${blob} NOT NULL,
    created_at ${instant} NOT NULL
) ${keyed};

-- Keys of one holder (same role, name and mode) share what they made, so that a key can be changed without losing sight of it.
CREATE TABLE api_keys (
    id ${id} PRIMARY KEY,
    holder_id ${id} NOT NULL,
    hash ${blob} NOT NULL UNIQUE,
    hint ${text} NOT NULL,
    role ${text} NOT NULL CHECK (role IN ('organizer', 'partner', 'checkIn')),
    name ${text} NOT NULL,
    is_test ${bool} NOT NULL,
    created_at ${instant} NOT NULL,
    expires_at ${instant},
    revoked_at ${instant},
    last_used_at ${instant}
) ${strict};

CREATE TABLE api_key_events (
    key_id ${id} NOT NULL REFERENCES api_keys (id),
    event_id ${id} NOT NULL,
    PRIMARY KEY (key_id, event_id)
) ${keyed};

-- Wall times and rules are stored as given, beside the instants derived from them. Texts, lists and the notice are JSON, read and written whole.
CREATE TABLE events (
    id ${id} PRIMARY KEY,
    slug ${text} NOT NULL UNIQUE,
    status ${text} NOT NULL CHECK (status IN ('draft', 'published', 'cancelled')),
    is_test ${bool} NOT NULL,
    version ${int64} NOT NULL,
    revision ${int64} NOT NULL,
    series ${text},
    default_language ${text} NOT NULL CHECK (default_language IN ('de', 'en', 'zh')),
    title ${text} NOT NULL,
    description ${text},
    time_zone ${text} NOT NULL,
    starts ${text} NOT NULL,
    ends ${text} NOT NULL,
    starts_at ${instant} NOT NULL,
    ends_at ${instant} NOT NULL,
    registration_opens ${text},
    registration_closes ${text},
    registration_opens_at ${instant},
    registration_closes_at ${instant},
    organizer_name ${text},
    organizer_email ${text},
    privacy_notice ${text},
    availability ${text} NOT NULL CHECK (availability IN ('exact', 'few', 'hidden')),
    audiences ${text},
    cancelled_at ${instant},
    cancellation_reason ${text},
    created_at ${instant} NOT NULL,
    updated_at ${instant} NOT NULL,
    CHECK (starts_at < ends_at)
) ${strict};

CREATE INDEX events_by_start ON events (starts_at, id);

CREATE TABLE sites (
    event_id ${id} NOT NULL REFERENCES events (id),
    id ${id} NOT NULL,
    position ${int64} NOT NULL,
    revision ${int64} NOT NULL,
    mode ${text} NOT NULL CHECK (mode IN ('inPerson', 'online', 'linkedRoom')),
    name ${text} NOT NULL,
    capacity ${int64},
    seats_taken ${int64} NOT NULL DEFAULT 0,
    waiting ${int64} NOT NULL DEFAULT 0,
    address ${text},
    directions ${text},
    meeting ${text},
    time_zone ${text},
    audiences ${text},
    PRIMARY KEY (event_id, id),
    CHECK (seats_taken >= 0 AND (capacity IS NULL OR seats_taken <= capacity)),
    CHECK (waiting >= 0)
) ${counted};

CREATE TABLE documents (
    sha256 ${text} PRIMARY KEY,
    content ${blob} NOT NULL,
    size ${int64} NOT NULL
) ${strict};

CREATE TABLE agendas (
    event_id ${id} PRIMARY KEY REFERENCES events (id),
    items ${text} NOT NULL,
    document_sha256 ${text} REFERENCES documents (sha256),
    document_name ${text},
    document_size ${int64},
    document_uploaded_at ${instant}
) ${keyed};

CREATE TABLE registrations (
    id ${id} PRIMARY KEY,
    event_id ${id} NOT NULL,
    site_id ${id} NOT NULL,
    status ${text} NOT NULL CHECK (status IN ('pendingConfirmation', 'pendingApproval', 'confirmed', 'waitlisted', 'cancelled', 'declined')),
    is_test ${bool} NOT NULL,
    late ${bool} NOT NULL,
    reference ${text} NOT NULL,
    made_by ${id} NOT NULL,
    external_id ${text},
    delegation_id ${id},
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
    time_zone ${text},
    phone ${text},
    copy_to ${text},
    listens_in ${text},
    needs ${text},
    notice_version ${text},
    consents ${text},
    sort_family ${text} NOT NULL,
    sort_romanized ${text} NOT NULL,
    organisation_folded ${text},
    search_text ${text} NOT NULL,
    revision ${int64} NOT NULL,
    token_version ${int64} NOT NULL,
    created_at ${instant} NOT NULL,
    updated_at ${instant} NOT NULL,
    cancelled_at ${instant},
    cancelled_by ${text},
    FOREIGN KEY (event_id, site_id) REFERENCES sites (event_id, id),
    CHECK (email_normalised IS NOT NULL OR delegation_id IS NOT NULL)
) ${strict};

-- One active registration per person and event; the members of a delegation may come without an address.
CREATE UNIQUE INDEX registrations_one_per_address ON registrations (event_id, email_normalised, is_test)
    WHERE email_normalised IS NOT NULL AND status NOT IN ('cancelled', 'declined');

CREATE UNIQUE INDEX registrations_one_per_member ON registrations (delegation_id, name_normalised)
    WHERE email_normalised IS NULL AND status NOT IN ('cancelled', 'declined');

CREATE UNIQUE INDEX registrations_by_reference ON registrations (event_id, reference);

CREATE UNIQUE INDEX registrations_by_external_id ON registrations (event_id, made_by, external_id)
    WHERE external_id IS NOT NULL AND status NOT IN ('cancelled', 'declined');

CREATE TABLE history (
    registration_id ${id} NOT NULL REFERENCES registrations (id),
    id ${id} NOT NULL,
    at ${instant} NOT NULL,
    actor ${text} NOT NULL CHECK (actor IN ('attendee', 'partner', 'organizer', 'system')),
    actor_id ${id},
    action ${text} NOT NULL,
    details ${text},
    PRIMARY KEY (registration_id, id)
) ${keyed};

CREATE TABLE outbox (
    id ${id} PRIMARY KEY,
    kind ${text} NOT NULL,
    event_id ${id} NOT NULL,
    registration_id ${id},
    payload ${text},
    state ${text} NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed', 'superseded')),
    created_at ${instant} NOT NULL,
    due_at ${instant} NOT NULL,
    attempts ${int64} NOT NULL DEFAULT 0,
    leased_until ${instant},
    leased_by ${text},
    last_error ${text}
) ${keyed};

CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'pending';

-- A replay renders the resource again, so nothing personal is copied here.
CREATE TABLE idempotency_keys (
    scope ${text} NOT NULL,
    key ${text} NOT NULL,
    fingerprint ${blob} NOT NULL,
    resource_id ${id} NOT NULL,
    created_at ${instant} NOT NULL,
    PRIMARY KEY (scope, key)
) ${keyed};
