-- An address is looked up in any letter case: a peer's `Priya` and `priya` are one name, as on Mastodon.
CREATE INDEX actor_address_folded ON actor (lower(handle), host);
