-- The handle as it is looked up: A to Z in lower case and nothing else, on both databases. Without the collation,
-- PostgreSQL folds further letters by the locale of the database, which SQLite does not have.
ALTER TABLE actor ADD COLUMN handle_folded TEXT NOT NULL GENERATED ALWAYS AS (lower(handle COLLATE "C")) STORED;
DROP INDEX actor_address_folded;
CREATE INDEX actor_address_folded ON actor (handle_folded, host);
