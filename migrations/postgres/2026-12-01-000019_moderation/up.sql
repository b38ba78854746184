-- Since when only moderators reply in the thread that a post is in; every post of the thread says so.
ALTER TABLE post ADD COLUMN locked_at TIMESTAMP;
-- Since when its community shows the thread first.
ALTER TABLE post ADD COLUMN pinned_at TIMESTAMP;
CREATE INDEX post_pinned ON post (community_id, pinned_at) WHERE pinned_at IS NOT NULL;
CREATE INDEX post_held ON post (community_id, id) WHERE state = 'held';

-- What somebody tells the moderators of a post.
CREATE TABLE report (
    id BIGINT NOT NULL PRIMARY KEY,
    post_id BIGINT NOT NULL REFERENCES post (id),
    reporter_id BIGINT NOT NULL REFERENCES actor (id),
    -- rule, spam, harassment, confidential, other
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    -- open, dismissed, removed, banned
    state TEXT NOT NULL,
    decided_at TIMESTAMP,
    decided_by BIGINT REFERENCES actor (id)
);
CREATE INDEX report_post ON report (post_id, state);
CREATE INDEX report_reporter ON report (reporter_id, post_id);
CREATE UNIQUE INDEX report_open ON report (post_id, reporter_id) WHERE state = 'open';
CREATE INDEX report_waiting ON report (id) WHERE state = 'open';
CREATE INDEX report_decided ON report (decided_at) WHERE decided_at IS NOT NULL;

-- Why a post was removed by somebody else than its author, and its words until they cannot come back.
CREATE TABLE removal (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES post (id),
    removed_by BIGINT NOT NULL REFERENCES actor (id),
    removed_at TIMESTAMP NOT NULL,
    -- Administrators decide on an appeal, as a facilitator or administrator removed it.
    to_admins BOOLEAN NOT NULL,
    -- For whoever reads the place.
    reason TEXT NOT NULL,
    -- [[language, text], …]; empty once the words are deleted
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    warning TEXT NOT NULL,
    -- none, open, refused
    appeal_state TEXT NOT NULL,
    appeal TEXT NOT NULL,
    appealed_at TIMESTAMP
);
CREATE INDEX removal_appeal ON removal (appealed_at) WHERE appeal_state = 'open';
CREATE INDEX removal_removed ON removal (removed_at);

-- What moderators did. The id tells when.
CREATE TABLE moderation_entry (
    id BIGINT NOT NULL PRIMARY KEY,
    -- NULL for what administrators did with a post in no community of ours.
    community_id BIGINT REFERENCES actor (id),
    -- model::moderation::ModerationKind
    kind TEXT NOT NULL,
    by_id BIGINT NOT NULL REFERENCES actor (id),
    -- Whom it is about.
    subject_id BIGINT REFERENCES actor (id),
    post_id BIGINT REFERENCES post (id),
    -- When a ban ends.
    until TIMESTAMP,
    -- For whoever reads the place, and whom it is about.
    reason TEXT NOT NULL,
    -- For the moderators.
    note TEXT NOT NULL
);
CREATE INDEX moderation_entry_community ON moderation_entry (community_id, id);
CREATE INDEX moderation_entry_subject ON moderation_entry (subject_id, community_id, id);
CREATE INDEX moderation_entry_post ON moderation_entry (post_id);

-- The activity of a post from another server that waits for a moderator, for its announcement.
CREATE TABLE held_activity (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES post (id),
    activity TEXT NOT NULL
);
