DROP INDEX inbound_ended;
DROP INDEX inbound_order;
DROP INDEX inbound_waiting;
CREATE INDEX inbound_due ON inbound (state, run_at, id);
CREATE INDEX inbound_order ON inbound (order_key, state, id);
