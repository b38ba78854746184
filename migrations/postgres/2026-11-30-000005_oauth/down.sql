CREATE TABLE api_token (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    token_hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX api_token_actor ON api_token (actor_id, id);
-- Only what somebody made by hand, with every right: a token of fewer rights must not get more.
INSERT INTO api_token (id, actor_id, token_hash, name, created_at, used_at)
SELECT oauth_token.id, oauth_app.owner_id, oauth_token.token_hash, oauth_app.name,
    oauth_token.created_at, oauth_token.used_at
FROM oauth_token INNER JOIN oauth_app ON oauth_app.id = oauth_token.app_id
WHERE oauth_app.owner_id IS NOT NULL AND oauth_token.expires_at IS NULL
    AND oauth_token.scopes = 'admin:read admin:write follow hedgerow:account hedgerow:communities profile push read write';
DROP TABLE oauth_token;
DROP TABLE oauth_code;
DROP TABLE oauth_app;
