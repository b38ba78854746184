CREATE TABLE inbound_old (
    id BIGINT NOT NULL PRIMARY KEY,
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
INSERT INTO inbound_old (id, guard, signer, host, kind, order_key, body, state, reason, attempts,
    run_at, lease_until, received_at)
SELECT id, guard, signer, host, kind, order_key, body, state, reason, attempts,
    run_at, lease_until, received_at
FROM inbound;
DROP TABLE inbound;
ALTER TABLE inbound_old RENAME TO inbound;
CREATE INDEX inbound_due ON inbound (state, run_at, id);
CREATE INDEX inbound_order ON inbound (order_key, state, id);
