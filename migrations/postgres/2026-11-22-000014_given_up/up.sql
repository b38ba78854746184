-- Deliveries to a peer that was silent for so long that they were thrown away.
ALTER TABLE peer ADD COLUMN given_up BIGINT NOT NULL DEFAULT 0;
