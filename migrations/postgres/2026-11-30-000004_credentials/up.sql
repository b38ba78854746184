-- What an account can sign in with. An account may have none: then others sign it in, or a link does.
CREATE TABLE credential (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (actor_id),
    kind TEXT NOT NULL,
    -- password: its argon2id hash.
    secret TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX credential_account ON credential (account_id, kind);
CREATE UNIQUE INDEX credential_password ON credential (account_id) WHERE kind = 'password';

-- An account's id is that of no other row, and so can be its password's.
INSERT INTO credential (id, account_id, kind, secret, created_at)
SELECT actor_id, actor_id, 'password', password, created_at FROM account WHERE password <> '';
ALTER TABLE account DROP COLUMN password;
