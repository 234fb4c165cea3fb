-- Each transaction of the group commit on PostgreSQL notes its id first: where the answer to its commit is lost, the note tells whether it was stored.
CREATE TABLE write_batches (
    id ${id} PRIMARY KEY,
    created_at ${instant} NOT NULL
) ${keyed};

-- Work that one process at a time does for all of them.
CREATE TABLE leases (
    name ${text} PRIMARY KEY,
    holder ${text} NOT NULL,
    held_until ${instant} NOT NULL
) ${keyed};
