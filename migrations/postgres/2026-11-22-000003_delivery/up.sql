-- Delivery: what tells a server in trouble from an activity that is, and what a parked one missed.

-- When it last took something we sent; NULL where it never has.
ALTER TABLE peer ADD COLUMN took_at TIMESTAMP;
-- Since when nothing is queued for it; NULL unless it is parked. Whatever was frozen later, it missed.
ALTER TABLE peer ADD COLUMN parked_at TIMESTAMP;
UPDATE peer SET parked_at = last_seen WHERE state = 'parked';

-- One index finds both who waits and what waits for whom.
DROP INDEX delivery_lane;
DROP INDEX delivery_peers;
CREATE INDEX delivery_lane ON delivery (state, peer_id, id);
