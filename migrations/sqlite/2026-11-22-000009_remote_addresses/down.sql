UPDATE actor SET handle = '~' || id
WHERE kind = 'group' AND host <> '' AND EXISTS (
    SELECT 1 FROM actor other
    WHERE other.handle = actor.handle AND other.host = actor.host AND other.id <> actor.id
);
DROP INDEX actor_address;
CREATE UNIQUE INDEX actor_address ON actor (handle, host);
