ALTER TABLE space DROP COLUMN closed_at;
ALTER TABLE space DROP COLUMN posting;
