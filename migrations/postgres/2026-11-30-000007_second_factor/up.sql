-- A second factor at sign-in: codes of an authenticator app (TOTP), and recovery codes.

-- totp: the time step of the last code that was accepted, which is not accepted again.
ALTER TABLE credential ADD COLUMN step BIGINT NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX credential_totp ON credential (account_id) WHERE kind = 'totp';

-- Sign-ins whose password was right, and which wait for the second factor.
CREATE TABLE sign_in_step (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (actor_id),
    attempts INTEGER NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sign_in_step_account ON sign_in_step (account_id);
CREATE INDEX sign_in_step_expires ON sign_in_step (expires_at);
