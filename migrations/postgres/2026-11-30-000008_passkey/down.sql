DROP TABLE passkey_challenge;
DELETE FROM credential WHERE kind = 'passkey';
-- Codes of an app that is gone recover nothing.
DELETE FROM credential WHERE kind = 'recovery-code' AND account_id NOT IN (
    SELECT account_id FROM credential WHERE kind = 'totp'
);
DROP INDEX credential_key;
ALTER TABLE credential DROP COLUMN used_at;
ALTER TABLE credential DROP COLUMN key_id;
ALTER TABLE credential DROP COLUMN name;
