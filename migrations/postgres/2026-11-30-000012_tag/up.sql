-- Tags of communities: of ours the facilitators keep the list, of remote ones their actor names it.
CREATE TABLE tag (
    id BIGINT NOT NULL PRIMARY KEY,
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    ap_id TEXT NOT NULL,
    -- What its addresses and hashtags say, folded.
    slug TEXT NOT NULL,
    -- [[language, text], …]
    name TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX tag_slug ON tag (community_id, slug);
CREATE UNIQUE INDEX tag_ap_id ON tag (community_id, ap_id);

-- The slugs that a tag had before: their addresses redirect.
CREATE TABLE former_slug (
    community_id BIGINT NOT NULL,
    slug TEXT NOT NULL,
    tag_id BIGINT NOT NULL REFERENCES tag (id),
    PRIMARY KEY (community_id, slug)
);
CREATE INDEX former_slug_tag ON former_slug (tag_id);

-- Only the first post of a thread has tags.
CREATE TABLE post_tag (
    post_id BIGINT NOT NULL REFERENCES post (id),
    tag_id BIGINT NOT NULL REFERENCES tag (id),
    PRIMARY KEY (post_id, tag_id)
);
CREATE INDEX post_tag_tag ON post_tag (tag_id, post_id);

-- When the tags of a thread were changed after it was published, and whether a moderator did it: then its author's
-- server no longer changes them.
CREATE TABLE post_tagging (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES post (id),
    changed_at TIMESTAMP NOT NULL,
    by_moderator BOOLEAN NOT NULL
);
