-- Notices by web push: the browsers that take them, what people choose, and what became of each message.

-- A browser that takes messages: one for each session, with which it ends.
CREATE TABLE push_subscription (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (actor_id),
    session_id BIGINT NOT NULL UNIQUE REFERENCES session (id) ON DELETE CASCADE,
    -- The address of the push service at which messages to it are posted.
    endpoint TEXT NOT NULL UNIQUE,
    -- What messages to it are encrypted with (RFC 8291): its public key and its secret, in base64url.
    p256dh TEXT NOT NULL,
    auth TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX push_subscription_account ON push_subscription (account_id, id);

-- Whether somebody is told of a topic by push, where that is not the usual.
CREATE TABLE push_choice (
    account_id BIGINT NOT NULL REFERENCES account (actor_id),
    topic TEXT NOT NULL,
    -- The community that it is for; NULL: every one without a choice of its own.
    community_id BIGINT REFERENCES community (actor_id),
    wanted BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX push_choice_one ON push_choice (account_id, topic, coalesce(community_id, 0));
-- Who wants each new thread.
CREATE INDEX push_choice_wanted ON push_choice (topic, wanted, community_id);

-- Messages, queued and sent. Kept for a while, so that it is known what arrived.
CREATE TABLE notice_push (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (actor_id),
    -- It may have ended since.
    subscription_id BIGINT NOT NULL,
    topic TEXT NOT NULL,
    -- The first post of the thread that it tells of; NULL: of none.
    thread_id BIGINT REFERENCES post (id),
    -- The notice that it tells of; 0: a new thread.
    notice_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- The kind of failure, while there is one; empty: none.
    failure TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX notice_push_account ON notice_push (account_id, id);
CREATE INDEX notice_push_subscription ON notice_push (subscription_id, id);
CREATE INDEX notice_push_changed ON notice_push (changed_at, state);
