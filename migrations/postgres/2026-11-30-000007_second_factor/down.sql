DROP INDEX credential_totp;
DROP TABLE sign_in_step;
DELETE FROM credential WHERE kind <> 'password';
ALTER TABLE credential DROP COLUMN step;
