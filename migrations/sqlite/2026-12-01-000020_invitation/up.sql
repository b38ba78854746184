-- What facilitators choose of how people join, beside the policy; a community without a row lets only facilitators invite.
CREATE TABLE join_setting (
    community_id BIGINT NOT NULL PRIMARY KEY REFERENCES community (actor_id),
    members_invite BOOLEAN NOT NULL,
    -- Mail domains whose people are admitted at once, separated by blanks: example.org, or *.example.org with those below
    domains TEXT NOT NULL
);

-- Links that admit whoever opens them.
CREATE TABLE invitation_link (
    id BIGINT NOT NULL PRIMARY KEY,
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    by_id BIGINT NOT NULL REFERENCES actor (id),
    token_hash TEXT NOT NULL UNIQUE,
    expires_at TIMESTAMP NOT NULL,
    uses_max INTEGER NOT NULL,
    uses_left INTEGER NOT NULL,
    revoked_at TIMESTAMP
);
CREATE INDEX invitation_link_community ON invitation_link (community_id, id);

-- The requests of people without an account that came by such a link.
CREATE TABLE join_request_link (
    request_id BIGINT NOT NULL PRIMARY KEY REFERENCES join_request (id),
    link_id BIGINT NOT NULL REFERENCES invitation_link (id)
);

-- Invitations by mail.
CREATE TABLE invitation (
    id BIGINT NOT NULL PRIMARY KEY,
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    by_id BIGINT NOT NULL REFERENCES actor (id),
    -- By a member who does not facilitate the community.
    from_member BOOLEAN NOT NULL,
    -- In the form in which two spellings are equal.
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    lang TEXT NOT NULL,
    -- A word of whoever invites; empty for none.
    words TEXT NOT NULL,
    -- queued, sent, refused, accepted, declined, revoked
    state TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    -- When its newest mail was queued.
    queued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    -- Who has accepted it.
    actor_id BIGINT REFERENCES actor (id)
);
CREATE INDEX invitation_community ON invitation (community_id, id);
CREATE INDEX invitation_address ON invitation (address, community_id);
CREATE INDEX invitation_queued ON invitation (queued_at);
CREATE INDEX invitation_changed ON invitation (changed_at);

-- The links in their mails.
CREATE TABLE invitation_token (
    token_hash TEXT NOT NULL PRIMARY KEY,
    invitation_id BIGINT NOT NULL REFERENCES invitation (id)
);
CREATE INDEX invitation_token_invitation ON invitation_token (invitation_id);

-- Uploaded lists of people to invite, until they are confirmed and queued.
CREATE TABLE invitation_list (
    id BIGINT NOT NULL PRIMARY KEY,
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    by_id BIGINT NOT NULL REFERENCES actor (id),
    -- loading, draft, confirmed, done
    state TEXT NOT NULL,
    -- The number of the last row that was queued.
    queued_to INTEGER NOT NULL
);
CREATE INDEX invitation_list_community ON invitation_list (community_id, id);
CREATE TABLE invitation_list_row (
    list_id BIGINT NOT NULL REFERENCES invitation_list (id),
    -- The line of the file.
    number INTEGER NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    lang TEXT NOT NULL,
    words TEXT NOT NULL,
    -- Why nobody is invited by it; empty where somebody is.
    problem TEXT NOT NULL,
    PRIMARY KEY (list_id, number)
);

-- Who brought whom.
CREATE TABLE invited_member (
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    by_id BIGINT NOT NULL REFERENCES actor (id),
    -- The link by which they came; NULL for an invitation of their own.
    link_id BIGINT REFERENCES invitation_link (id),
    since TIMESTAMP NOT NULL,
    PRIMARY KEY (community_id, actor_id)
);
CREATE INDEX invited_member_link ON invited_member (link_id);

-- Addresses whose owners want no invitations from this server, as SHA-256.
CREATE TABLE uninvitable_address (
    address_hash TEXT NOT NULL PRIMARY KEY,
    since TIMESTAMP NOT NULL
);
