DROP TABLE profile_entry;
ALTER TABLE actor ADD COLUMN discoverable BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE actor SET discoverable = FALSE WHERE seen_by <> 'everyone';
ALTER TABLE actor DROP COLUMN seen_by;
