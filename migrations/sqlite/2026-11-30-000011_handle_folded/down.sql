DROP INDEX actor_address_folded;
ALTER TABLE actor DROP COLUMN handle_folded;
CREATE INDEX actor_address_folded ON actor (lower(handle), host);
