-- What failed is counted without a look at all that was sent.
CREATE INDEX outbox_failed ON outbox (event_id, registration_id, last_error) WHERE state = 'failed';

-- How much is kept of parked mails is summed up with each of them.
CREATE INDEX received_mails_kept ON received_mails (size) WHERE original IS NOT NULL AND outcome = 'parked';
