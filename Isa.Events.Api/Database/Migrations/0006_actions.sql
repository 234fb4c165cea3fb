-- What organisers do that many are told of: held for a while, in which it can be undone. The details, which are JSON, are what is needed for that; of a message, what it says and to whom.
CREATE TABLE actions (
    id ${id} PRIMARY KEY,
    event_id ${id} NOT NULL REFERENCES events (id),
    kind ${text} NOT NULL CHECK (kind IN ('eventCancelled', 'eventChanged', 'siteChanged', 'messageSent', 'messageTested')),
    key_id ${id},
    affected ${int64} NOT NULL,
    details ${text} NOT NULL,
    created_at ${instant} NOT NULL,
    undoable_until ${instant} NOT NULL,
    undone_at ${instant},
    undone_by ${id}
) ${strict};

CREATE INDEX actions_by_event ON actions (event_id, id);

-- While one of these can be undone nothing is sent that would come to nothing because the event is off.
CREATE INDEX actions_cancelling ON actions (event_id) WHERE kind = 'eventCancelled' AND undone_at IS NULL;

-- What a row tells of, where that is held or is a message of an organiser.
ALTER TABLE outbox ADD COLUMN action_id ${id};

CREATE INDEX outbox_by_action ON outbox (action_id) WHERE action_id IS NOT NULL;

-- An organiser's own words for messages of an event, as JSON by language.
CREATE TABLE message_texts (
    event_id ${id} NOT NULL REFERENCES events (id),
    kind ${text} NOT NULL,
    texts ${text} NOT NULL,
    updated_at ${instant} NOT NULL,
    PRIMARY KEY (event_id, kind)
) ${keyed};
