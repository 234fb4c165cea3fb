-- Exactly what is passed on to many, which is looked for at each turn. The one before held invitations, too, and was asked together with another column by which the
-- whole backlog seemed the shorter way: each look read all that waited.
DROP INDEX outbox_for_many;

CREATE INDEX outbox_for_many ON outbox (due_at, id) WHERE registration_id IS NULL AND delegation_id IS NULL AND done_at IS NULL AND NOT bulk;
