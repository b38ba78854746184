DROP INDEX actor_address_folded;
