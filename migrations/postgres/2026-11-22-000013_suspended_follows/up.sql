-- The follows that a block has ended, in both directions, for when it is lifted.
CREATE TABLE suspended_follow (
    id BIGINT NOT NULL PRIMARY KEY,
    peer_id BIGINT NOT NULL REFERENCES peer (id),
    follower_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    ap_id TEXT NOT NULL
);
CREATE INDEX suspended_follow_peer ON suspended_follow (peer_id, id);
