-- OAuth 2: applications, the codes that people grant them, and tokens. Codes, secrets and tokens are hashed.

CREATE TABLE oauth_app (
    id BIGINT NOT NULL PRIMARY KEY,
    -- Whose own application it is, with the one token that they made by hand. NULL: it has registered.
    owner_id BIGINT REFERENCES account (actor_id),
    client_id TEXT NOT NULL UNIQUE,
    -- Empty: a public client, which has no secret.
    secret_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    website TEXT NOT NULL,
    -- One address a line.
    redirects TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX oauth_app_owner ON oauth_app (owner_id, id);

CREATE TABLE oauth_code (
    code_hash TEXT NOT NULL PRIMARY KEY,
    app_id BIGINT NOT NULL REFERENCES oauth_app (id),
    account_id BIGINT NOT NULL REFERENCES account (actor_id),
    redirect TEXT NOT NULL,
    scopes TEXT NOT NULL,
    -- PKCE, S256; empty: none.
    challenge TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    -- It is kept for a day afterwards, so that its second use ends its tokens.
    used_at TIMESTAMP
);
CREATE INDEX oauth_code_account ON oauth_code (account_id);
CREATE INDEX oauth_code_app ON oauth_code (app_id);
CREATE INDEX oauth_code_expires ON oauth_code (expires_at);

CREATE TABLE oauth_token (
    id BIGINT NOT NULL PRIMARY KEY,
    app_id BIGINT NOT NULL REFERENCES oauth_app (id),
    -- NULL: the application's own.
    account_id BIGINT REFERENCES account (actor_id),
    token_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    -- The code that it was exchanged for; empty: none.
    code_hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    -- NULL: it holds until it is revoked.
    expires_at TIMESTAMP
);
CREATE INDEX oauth_token_account ON oauth_token (account_id, id);
CREATE INDEX oauth_token_app ON oauth_token (app_id);
CREATE INDEX oauth_token_code ON oauth_token (code_hash);
CREATE INDEX oauth_token_expires ON oauth_token (expires_at);

INSERT INTO oauth_app (id, owner_id, client_id, secret_hash, name, website, redirects, scopes, created_at)
SELECT id, actor_id, 'own-' || CAST(id AS TEXT), '', name, '', '',
    'admin:read admin:write follow hedgerow:account hedgerow:communities profile push read write', created_at
FROM api_token;
INSERT INTO oauth_token (id, app_id, account_id, token_hash, scopes, code_hash, created_at, used_at, expires_at)
SELECT id, id, actor_id, token_hash,
    'admin:read admin:write follow hedgerow:account hedgerow:communities profile push read write', '',
    created_at, used_at, NULL
FROM api_token;
DROP TABLE api_token;
