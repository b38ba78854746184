-- Passkeys (WebAuthn): they sign in without a password, and are a second factor after it.

-- passkey: what its owner calls it.
ALTER TABLE credential ADD COLUMN name TEXT NOT NULL DEFAULT '';
-- passkey: the id by which browsers name it, in base64url; empty: none.
ALTER TABLE credential ADD COLUMN key_id TEXT NOT NULL DEFAULT '';
-- passkey: NULL: never.
ALTER TABLE credential ADD COLUMN used_at TIMESTAMP;
CREATE UNIQUE INDEX credential_key ON credential (key_id) WHERE key_id <> '';

-- What browsers have been asked to sign with a passkey. Each is used once.
CREATE TABLE passkey_challenge (
    token_hash TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    -- Who may answer it. NULL: whoever has a passkey.
    account_id BIGINT REFERENCES account (actor_id),
    -- What the WebAuthn library checks the answer against, as JSON.
    state TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX passkey_challenge_account ON passkey_challenge (account_id);
CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_at);
