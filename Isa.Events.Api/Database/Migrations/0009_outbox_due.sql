-- What waits is found by its time through this index, and by nothing else. While it is small it would look cheap to every question about what is pending, and a plan
-- made then would read all that waits once it is many: so it is told by another column, which only those ask for who look by time.
DROP INDEX outbox_due;

UPDATE outbox SET done_at = created_at WHERE state <> 'pending' AND done_at IS NULL;

CREATE INDEX outbox_due ON outbox (bulk, due_at, id) WHERE done_at IS NULL;

-- What is for many is passed on before what is for one, so it is looked for each time.
CREATE INDEX outbox_for_many ON outbox (due_at, id) WHERE registration_id IS NULL AND done_at IS NULL;
