DROP TABLE milestone;
ALTER TABLE community DROP COLUMN purposes;
ALTER TABLE community DROP COLUMN opens_on;
ALTER TABLE community DROP COLUMN stage;
