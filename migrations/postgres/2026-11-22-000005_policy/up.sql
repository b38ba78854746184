-- How a peer stands by the rules below: open, silenced or blocked. Kept on the peer, so that every
-- list can leave out what is blocked without reading the rules; almost always nobody is.
ALTER TABLE peer ADD COLUMN standing TEXT NOT NULL DEFAULT 'open';
CREATE INDEX peer_standing ON peer (standing, id);

-- A rule about a domain and every name below it. The longest name decides.
CREATE TABLE peer_rule (
    -- Lower case, ASCII, without port.
    domain TEXT NOT NULL PRIMARY KEY,
    -- allow, noop, silence, block
    severity TEXT NOT NULL,
    reject_media BOOLEAN NOT NULL,
    reject_reports BOOLEAN NOT NULL,
    -- For everybody, where the admins publish the list.
    reason TEXT NOT NULL,
    -- The public list hides the middle of the domain.
    obscure BOOLEAN NOT NULL,
    -- For the admins.
    note TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- Nobody: from the shell.
    created_by BIGINT REFERENCES actor (id)
);
