-- Delivery: what a peer asked for itself, and from where on a parked one has missed something.

-- Until when it asked us to wait (Retry-After); nothing brings the next try forward of that.
ALTER TABLE peer ADD COLUMN asked_until TIMESTAMP;
-- The first activity that was not queued for it because it is parked.
ALTER TABLE peer ADD COLUMN missed_from BIGINT;
-- What those that are parked already have missed is not known: what catching up looks back to at most.
UPDATE peer SET missed_from = 0 WHERE state = 'parked';
