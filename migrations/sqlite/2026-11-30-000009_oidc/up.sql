-- Sign-in with the institution (OpenID Connect). The credential of kind oidc has the issuer in `secret`, the
-- digest of issuer and subject in `key_id`, and in `name` what the person is called there.

-- Browsers choose the ids of passkeys: none may stand where an identity's digest does.
DROP INDEX credential_key;
CREATE UNIQUE INDEX credential_key ON credential (kind, key_id) WHERE key_id <> '';

-- What a browser was sent to a provider for, or what the provider has said of it. Each is used once.
CREATE TABLE oidc_step (
    -- The digest of the token in the browser's cookie; logged-out: of issuer and id of a logout token.
    token_hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    -- The key of the provider in the configuration.
    provider TEXT NOT NULL,
    -- Whose account is to be connected. NULL: whoever comes back.
    account_id BIGINT REFERENCES account (actor_id),
    -- asked: nonce, verifier and where to go on, as JSON; proved: the identity, as JSON; logged-out: empty.
    state TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    -- proved: the digests of issuer and subject, and of issuer and the provider's session; empty where there is none.
    oidc_subject TEXT NOT NULL DEFAULT '',
    oidc_session TEXT NOT NULL DEFAULT ''
);
CREATE INDEX oidc_step_account ON oidc_step (account_id);
CREATE INDEX oidc_step_expires ON oidc_step (expires_at);

-- The digest of issuer and subject that a session was opened by; empty: by something else.
ALTER TABLE session ADD COLUMN oidc_subject TEXT NOT NULL DEFAULT '';
-- The digest of issuer and the provider's session; empty where it named none.
ALTER TABLE session ADD COLUMN oidc_session TEXT NOT NULL DEFAULT '';
-- When its owner has last shown at a provider that it is them. NULL: never.
ALTER TABLE session ADD COLUMN confirmed_at TIMESTAMP;
-- Opened by a password where people sign in with a provider only: it connects the account, and does nothing else.
ALTER TABLE session ADD COLUMN only_connects BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX session_oidc_subject ON session (oidc_subject) WHERE oidc_subject <> '';
CREATE INDEX session_oidc_session ON session (oidc_session) WHERE oidc_session <> '';

-- The same of a sign-in that waits for the second factor.
ALTER TABLE sign_in_step ADD COLUMN oidc_subject TEXT NOT NULL DEFAULT '';
ALTER TABLE sign_in_step ADD COLUMN oidc_session TEXT NOT NULL DEFAULT '';
