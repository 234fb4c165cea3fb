-- Whether those of its party for whom there is room come without the others: what is decided later comes to what registering would have come to.
ALTER TABLE registrations ADD COLUMN what_fits ${bool} NOT NULL DEFAULT FALSE;
