-- E-mail: the addresses of accounts, and the links in the mails to them.

-- The confirmed address; empty: none.
ALTER TABLE account ADD COLUMN address TEXT NOT NULL DEFAULT '';
-- An address that waits to be confirmed; empty: none.
ALTER TABLE account ADD COLUMN pending_address TEXT NOT NULL DEFAULT '';
-- One account an address, however it is spelled; addresses are ASCII.
CREATE UNIQUE INDEX account_address ON account (lower(address)) WHERE address <> '';

CREATE TABLE mail_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (actor_id),
    kind TEXT NOT NULL,
    -- confirm: what is confirmed; cancel: the former address; reset: where it was sent.
    address TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX mail_link_account ON mail_link (account_id, kind);
CREATE INDEX mail_link_expires ON mail_link (expires_at);
