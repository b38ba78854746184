ALTER TABLE peer DROP COLUMN missed_from;
ALTER TABLE peer DROP COLUMN asked_until;
