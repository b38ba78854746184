-- Notices and the digest by mail: what people choose, and what became of each mail.

-- When the mail server refused the confirmed address for good; NULL: it did not. No notices are sent there.
ALTER TABLE account ADD COLUMN address_refused_at TIMESTAMP;

-- Too many mails were queued when it came: a digest tells of it.
ALTER TABLE notice ADD COLUMN for_digest BOOLEAN NOT NULL DEFAULT FALSE;

-- How often somebody is told of a topic by mail, where that is not the usual.
CREATE TABLE mail_choice (
    account_id BIGINT NOT NULL REFERENCES account (actor_id),
    topic TEXT NOT NULL,
    -- The community that it is for; NULL: every one without a choice of its own.
    community_id BIGINT REFERENCES community (actor_id),
    rhythm TEXT NOT NULL
);
CREATE UNIQUE INDEX mail_choice_one ON mail_choice (account_id, topic, coalesce(community_id, 0));
-- Who wants each new thread at once.
CREATE INDEX mail_choice_rhythm ON mail_choice (topic, rhythm, community_id);

-- When somebody with a confirmed address gets mail. Made when the first mail or digest is prepared.
CREATE TABLE mail_setting (
    account_id BIGINT NOT NULL PRIMARY KEY REFERENCES account (actor_id),
    -- Of the digest, in the zone of the account: 0 to 23.
    hour INTEGER NOT NULL,
    -- Of the weekly one: 1 (Monday) to 7.
    weekday INTEGER NOT NULL,
    -- The hours between which nothing is sent at once; NULL: none are quiet.
    quiet_from INTEGER,
    quiet_to INTEGER,
    -- When the next digest is due.
    digest_at TIMESTAMP NOT NULL,
    -- Until when daily and weekly topics have been told.
    daily_from TIMESTAMP NOT NULL,
    weekly_from TIMESTAMP NOT NULL,
    -- What the links that unsubscribe are signed with; empty until the first mail.
    unsubscribe_key TEXT NOT NULL
);
CREATE INDEX mail_setting_due ON mail_setting (digest_at);

-- Mails of notices and digests, queued and sent. Kept for a while, so that it is known what arrived.
CREATE TABLE notice_mail (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (actor_id),
    -- A topic, or 'digest'.
    topic TEXT NOT NULL,
    -- The first post of the thread that it tells of; NULL: of none.
    thread_id BIGINT REFERENCES post (id),
    -- It tells of notices from this one on; 0: of a new thread.
    first_notice BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- The kind of failure, while there is one; empty: none.
    failure TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX notice_mail_account ON notice_mail (account_id, id);
CREATE INDEX notice_mail_thread ON notice_mail (account_id, thread_id);
CREATE INDEX notice_mail_changed ON notice_mail (changed_at, state);
