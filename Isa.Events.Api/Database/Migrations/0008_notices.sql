-- When the event next tells something by itself: a reminder, a summary for its organiser, thanks. Null where nothing is to come.
ALTER TABLE events ADD COLUMN next_notice_at ${instant};

CREATE INDEX events_next_notice ON events (next_notice_at) WHERE next_notice_at IS NOT NULL;
