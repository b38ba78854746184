DROP INDEX delivery_lane;
CREATE INDEX delivery_lane ON delivery (peer_id, state, id);
CREATE INDEX delivery_peers ON delivery (state, peer_id);
ALTER TABLE peer DROP COLUMN parked_at;
ALTER TABLE peer DROP COLUMN took_at;
