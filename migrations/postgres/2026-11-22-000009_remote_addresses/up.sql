-- One name of a peer's may be a person's and a community's (Lemmy): each keeps it, as `/u/` and `/c/`.
-- Ours stay one's alone, over people and communities.
DROP INDEX actor_address;
CREATE UNIQUE INDEX actor_address ON actor (handle, host, (kind = 'group' AND host <> ''));
-- Those who lost theirs to the other get it back when they are next looked at, which is soon.
UPDATE actor SET fetched_at = NULL WHERE handle LIKE '~%' AND peer_id IS NOT NULL;
