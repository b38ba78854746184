DROP TABLE peer_rule;
DROP INDEX peer_standing;
ALTER TABLE peer DROP COLUMN standing;
