-- Received activities, made for a long line: only those that wait are in the indexes that find
-- them, host by host, and (because several processes may share the work) in order within a key.
DROP INDEX inbound_due;
DROP INDEX inbound_order;
CREATE INDEX inbound_waiting ON inbound (host, run_at, id) WHERE state = 'waiting';
CREATE INDEX inbound_order ON inbound (order_key, id) WHERE state = 'waiting';
CREATE INDEX inbound_ended ON inbound (state, id) WHERE state IN ('ignored', 'rejected');
