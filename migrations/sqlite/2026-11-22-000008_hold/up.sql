-- What a received activity that is tried again later keeps from those that came after it, each as
-- the digest of a name. Few rows, and none where everything went well: they go when it ends.
CREATE TABLE inbound_hold (
    name TEXT NOT NULL,
    inbound_id BIGINT NOT NULL,
    PRIMARY KEY (name, inbound_id)
);
CREATE INDEX inbound_hold_of ON inbound_hold (inbound_id);
