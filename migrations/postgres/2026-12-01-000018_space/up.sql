-- Who begins threads in a space: all, moderators
ALTER TABLE space ADD COLUMN posting TEXT NOT NULL DEFAULT 'all';
-- Since when nobody writes in it.
ALTER TABLE space ADD COLUMN closed_at TIMESTAMP;
