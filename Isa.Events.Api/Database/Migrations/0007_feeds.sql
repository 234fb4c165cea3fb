-- The calendar that an organiser's key subscribes to; only the hash of the secret in its address is kept. It ends with the key.
CREATE TABLE calendar_feeds (
    key_id ${id} PRIMARY KEY REFERENCES api_keys (id),
    hash ${blob} NOT NULL UNIQUE,
    created_at ${instant} NOT NULL
) ${strict};
