-- Who becomes a member of a community of ours: open, application, invitation
ALTER TABLE community ADD COLUMN join_policy TEXT NOT NULL DEFAULT 'application';

-- What those who ask to join are asked; a community without rows asks the usual questions.
CREATE TABLE join_question (
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    number INTEGER NOT NULL,
    -- [[language, text], …]
    text TEXT NOT NULL,
    is_required BOOLEAN NOT NULL,
    PRIMARY KEY (community_id, number)
);

CREATE TABLE join_request (
    id BIGINT NOT NULL PRIMARY KEY,
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    -- Who asks; NULL while they have no account.
    actor_id BIGINT REFERENCES actor (id),
    -- unconfirmed, waiting, asked, accepted, declined, withdrawn
    state TEXT NOT NULL,
    -- Of somebody without an account; empty for others.
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    -- The language of the mails to them.
    lang TEXT NOT NULL,
    -- When it was last changed.
    changed_at TIMESTAMP NOT NULL,
    -- The facilitator who decided.
    decided_by BIGINT REFERENCES actor (id)
);
CREATE INDEX join_request_community ON join_request (community_id, state, id);
CREATE INDEX join_request_actor ON join_request (actor_id, community_id);
CREATE INDEX join_request_address ON join_request (address, community_id) WHERE address <> '';

-- The answers to the questions of a request, as they were asked.
CREATE TABLE join_answer (
    request_id BIGINT NOT NULL REFERENCES join_request (id),
    number INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (request_id, number)
);

-- What facilitators and whoever asks have written to each other since.
CREATE TABLE join_message (
    id BIGINT NOT NULL PRIMARY KEY,
    request_id BIGINT NOT NULL REFERENCES join_request (id),
    -- question, answer, note, decision
    kind TEXT NOT NULL,
    -- The facilitator; NULL for whoever asks to join.
    author_id BIGINT REFERENCES actor (id),
    text TEXT NOT NULL
);
CREATE INDEX join_message_request ON join_message (request_id, id);

-- The links in the mails to somebody without an account.
CREATE TABLE join_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    request_id BIGINT NOT NULL REFERENCES join_request (id),
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX join_link_request ON join_link (request_id);
CREATE INDEX join_link_expires ON join_link (expires_at);
