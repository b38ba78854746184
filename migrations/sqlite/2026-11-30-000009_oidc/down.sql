-- Who signed in with a provider stays signed in; who has no password needs a link of an administrator.
ALTER TABLE sign_in_step DROP COLUMN oidc_session;
ALTER TABLE sign_in_step DROP COLUMN oidc_subject;
DROP INDEX session_oidc_session;
DROP INDEX session_oidc_subject;
ALTER TABLE session DROP COLUMN only_connects;
ALTER TABLE session DROP COLUMN confirmed_at;
ALTER TABLE session DROP COLUMN oidc_session;
ALTER TABLE session DROP COLUMN oidc_subject;
DROP TABLE oidc_step;
DELETE FROM credential WHERE kind = 'oidc';
DROP INDEX credential_key;
CREATE UNIQUE INDEX credential_key ON credential (key_id) WHERE key_id <> '';
