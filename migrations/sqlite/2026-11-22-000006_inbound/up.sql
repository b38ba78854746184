-- Received activities, made for a long line: only those that wait are in the index that finds
-- them, host by host, so that an end costs one row and one entry; and the time-ordered id is the
-- row's own place, so that old rows are found without an index on their time.
CREATE TABLE inbound_new (
    id INTEGER NOT NULL PRIMARY KEY,
    guard TEXT NOT NULL UNIQUE,
    signer TEXT NOT NULL,
    host TEXT NOT NULL,
    kind TEXT NOT NULL,
    order_key TEXT NOT NULL,
    body TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    attempts INTEGER NOT NULL,
    run_at TIMESTAMP NOT NULL,
    lease_until TIMESTAMP NOT NULL,
    received_at TIMESTAMP NOT NULL
);
INSERT INTO inbound_new (id, guard, signer, host, kind, order_key, body, state, reason, attempts,
    run_at, lease_until, received_at)
SELECT id, guard, signer, host, kind, order_key, body, state, reason, attempts,
    run_at, lease_until, received_at
FROM inbound;
DROP TABLE inbound;
ALTER TABLE inbound_new RENAME TO inbound;
CREATE INDEX inbound_waiting ON inbound (host, run_at, id) WHERE state = 'waiting';
CREATE INDEX inbound_ended ON inbound (state, id) WHERE state IN ('ignored', 'rejected');
