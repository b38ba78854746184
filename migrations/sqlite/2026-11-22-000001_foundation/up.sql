-- The foundation: who there is, what they say, whom they follow, and the queues between servers.
-- The same tables stand in ../../postgres; only the types of bytes differ.

-- What the instance says of itself (`site`, JSON) and small facts about the installation.
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Remote servers. `lane_*` is the delivery worker's: who holds the lane, until when.
CREATE TABLE peer (
    id BIGINT NOT NULL PRIMARY KEY,
    host TEXT NOT NULL UNIQUE,
    software TEXT,
    version TEXT,
    state TEXT NOT NULL,
    first_seen TIMESTAMP NOT NULL,
    last_seen TIMESTAMP NOT NULL,
    failures INTEGER NOT NULL,
    last_error TEXT,
    retry_at TIMESTAMP NOT NULL,
    lane_until TIMESTAMP NOT NULL,
    lane_holder BIGINT NOT NULL
);

-- Whoever can act or be followed. Local where peer_id is null. A pseudonymous key into
-- everything else: rows are never deleted, because handles are never given twice.
CREATE TABLE actor (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    peer_id BIGINT REFERENCES peer (id),
    handle TEXT NOT NULL,
    host TEXT NOT NULL,
    state TEXT NOT NULL,
    ap_id TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    inbox TEXT NOT NULL,
    -- The shared inbox where there is one, else the inbox: deliveries are collapsed on it.
    delivery_inbox TEXT NOT NULL,
    outbox TEXT,
    followers_url TEXT,
    moderators_url TEXT,
    name TEXT NOT NULL,
    summary_md TEXT NOT NULL,
    summary_html TEXT NOT NULL,
    pronouns TEXT NOT NULL,
    job_title TEXT NOT NULL,
    organization TEXT NOT NULL,
    languages TEXT NOT NULL,
    picture_id BIGINT,
    picture_url TEXT,
    picture_alt TEXT NOT NULL,
    indexable BOOLEAN NOT NULL,
    -- The public key a peer's actor document names, and its id; ours are in signing_key.
    key_id TEXT,
    key_pem TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    fetched_at TIMESTAMP,
    follower_count INTEGER NOT NULL,
    post_count INTEGER NOT NULL
);
-- One handle for people and communities together, here and on every peer.
CREATE UNIQUE INDEX actor_address ON actor (handle, host);
CREATE INDEX actor_peer ON actor (peer_id, id);
CREATE INDEX actor_kind ON actor (kind, id);
CREATE INDEX actor_key ON actor (key_id);
CREATE INDEX actor_delivery_inbox ON actor (delivery_inbox);

-- Keys that sign. They outlive their actor until its queue is empty. PKCS#1 DER.
CREATE TABLE signing_key (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    private_der BLOB NOT NULL,
    public_pem TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX signing_key_actor ON signing_key (actor_id, id);

-- The local people who can sign in.
CREATE TABLE account (
    actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES actor (id),
    state TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    lang TEXT NOT NULL,
    request TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    notices_seen BIGINT NOT NULL
);
CREATE INDEX account_state ON account (state, actor_id);

-- token_hash is the SHA-256 of the random token in the cookie.
CREATE TABLE session (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    token_hash TEXT NOT NULL UNIQUE,
    agent TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL
);
CREATE INDEX session_actor ON session (actor_id, id);

CREATE TABLE api_token (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    token_hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX api_token_actor ON api_token (actor_id, id);

CREATE TABLE invite (
    id BIGINT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    created_by BIGINT NOT NULL REFERENCES actor (id),
    uses_left INTEGER NOT NULL,
    expires_at TIMESTAMP NOT NULL
);

-- What a community says of itself, ours and the peers'. Name and purpose of a peer's that speaks
-- no language map stand in `en`, whichever language that is.
CREATE TABLE community (
    actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES actor (id),
    founded_by BIGINT REFERENCES actor (id),
    name_en TEXT NOT NULL,
    name_fr TEXT NOT NULL,
    purpose_en TEXT NOT NULL,
    purpose_fr TEXT NOT NULL,
    domain_en TEXT NOT NULL,
    domain_fr TEXT NOT NULL,
    community_en TEXT NOT NULL,
    community_fr TEXT NOT NULL,
    practice_en TEXT NOT NULL,
    practice_fr TEXT NOT NULL,
    backfilled_at TIMESTAMP
);

-- Membership is not following.
CREATE TABLE membership (
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    role TEXT NOT NULL,
    since TIMESTAMP NOT NULL,
    PRIMARY KEY (community_id, actor_id)
);
CREATE INDEX membership_actor ON membership (actor_id, community_id);

CREATE TABLE follow (
    id BIGINT NOT NULL PRIMARY KEY,
    follower_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    ap_id TEXT NOT NULL UNIQUE,
    accepted BOOLEAN NOT NULL,
    asked_at TIMESTAMP NOT NULL,
    UNIQUE (follower_id, target_id)
);
CREATE INDEX follow_target ON follow (target_id, accepted, id);
CREATE INDEX follow_pending ON follow (accepted, asked_at);

-- Threads (parent_id null) and replies. branch_id is the first-level reply a reply belongs to
-- (its own id for a first-level one), so that (root_id, branch_id, id) is reading order.
CREATE TABLE post (
    id BIGINT NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    peer_id BIGINT REFERENCES peer (id),
    url TEXT NOT NULL,
    community_id BIGINT REFERENCES actor (id),
    author_id BIGINT NOT NULL REFERENCES actor (id),
    parent_id BIGINT REFERENCES post (id),
    root_id BIGINT NOT NULL,
    branch_id BIGINT NOT NULL,
    depth INTEGER NOT NULL,
    kind TEXT NOT NULL,
    visibility TEXT NOT NULL,
    lang TEXT NOT NULL,
    title TEXT NOT NULL,
    body_md TEXT NOT NULL,
    body_html TEXT NOT NULL,
    alt_lang TEXT,
    alt_title TEXT NOT NULL,
    alt_md TEXT NOT NULL,
    alt_html TEXT NOT NULL,
    published_at TIMESTAMP NOT NULL,
    edited_at TIMESTAMP,
    deleted_at TIMESTAMP,
    deleted_by TEXT,
    reply_count INTEGER NOT NULL,
    like_count INTEGER NOT NULL,
    -- On a thread: the newest post in it (arrival order, for unread marks) and its time.
    last_post_id BIGINT NOT NULL,
    active_at TIMESTAMP NOT NULL,
    -- On a thread a local community announced by id: that Announce's id, for its Undo.
    announce_id TEXT
);
CREATE INDEX post_threads ON post (community_id, active_at, id) WHERE parent_id IS NULL;
CREATE INDEX post_unread ON post (community_id, last_post_id) WHERE parent_id IS NULL;
CREATE INDEX post_recent ON post (active_at, id) WHERE parent_id IS NULL;
CREATE INDEX post_thread ON post (root_id, branch_id, id);
CREATE INDEX post_author ON post (author_id, id);

-- The texts a post had before.
CREATE TABLE revision (
    id BIGINT NOT NULL PRIMARY KEY,
    post_id BIGINT NOT NULL REFERENCES post (id),
    title TEXT NOT NULL,
    body_md TEXT NOT NULL,
    body_html TEXT NOT NULL,
    alt_title TEXT NOT NULL,
    alt_html TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL
);
CREATE INDEX revision_post ON revision (post_id, id);

CREATE TABLE mention (
    post_id BIGINT NOT NULL REFERENCES post (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    PRIMARY KEY (post_id, actor_id)
);

CREATE TABLE post_like (
    id BIGINT NOT NULL PRIMARY KEY,
    post_id BIGINT NOT NULL REFERENCES post (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    ap_id TEXT NOT NULL UNIQUE,
    UNIQUE (post_id, actor_id)
);

-- How far somebody has read a thread: the newest post that was on the page.
CREATE TABLE read_mark (
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    root_id BIGINT NOT NULL REFERENCES post (id),
    seen_id BIGINT NOT NULL,
    PRIMARY KEY (actor_id, root_id)
);

CREATE TABLE notice (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    kind TEXT NOT NULL,
    from_id BIGINT NOT NULL REFERENCES actor (id),
    post_id BIGINT REFERENCES post (id),
    -- The community that was followed; none where it was the person.
    community_id BIGINT REFERENCES community (actor_id),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX notice_actor ON notice (actor_id, id);

-- Deletes that came before their Create.
CREATE TABLE tombstone (
    ap_id TEXT NOT NULL PRIMARY KEY,
    at TIMESTAMP NOT NULL
);

-- Stored pictures; the bytes are in the media store under the digest.
CREATE TABLE blob (
    id BIGINT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX blob_digest ON blob (digest);

-- Activities we rendered, frozen so that every retry sends the same bytes.
CREATE TABLE activity (
    id BIGINT NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    kind TEXT NOT NULL,
    -- Only one row with this key is ever made, so that a job run twice sends once.
    once_key TEXT NOT NULL UNIQUE,
    order_key TEXT NOT NULL,
    public BOOLEAN NOT NULL,
    json TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX activity_actor ON activity (actor_id, public, id);

-- One activity to one inbox. A row that arrived is deleted.
CREATE TABLE delivery (
    id BIGINT NOT NULL PRIMARY KEY,
    activity_id BIGINT NOT NULL REFERENCES activity (id),
    peer_id BIGINT NOT NULL REFERENCES peer (id),
    inbox TEXT NOT NULL,
    order_key TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at TIMESTAMP NOT NULL,
    last_error TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (activity_id, inbox)
);
CREATE INDEX delivery_lane ON delivery (peer_id, state, id);
CREATE INDEX delivery_order ON delivery (peer_id, order_key, state, id);
CREATE INDEX delivery_state ON delivery (state, id);
CREATE INDEX delivery_peers ON delivery (state, peer_id);
CREATE INDEX delivery_inbox ON delivery (inbox);

-- Received activities. guard: the signer's origin and the activity's id, or the body's hash.
CREATE TABLE inbound (
    id BIGINT NOT NULL PRIMARY KEY,
    guard TEXT NOT NULL UNIQUE,
    signer TEXT NOT NULL,
    host TEXT NOT NULL,
    kind TEXT NOT NULL,
    order_key TEXT NOT NULL,
    body TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    attempts INTEGER NOT NULL,
    run_at TIMESTAMP NOT NULL,
    lease_until TIMESTAMP NOT NULL,
    received_at TIMESTAMP NOT NULL
);
CREATE INDEX inbound_due ON inbound (state, run_at, id);
CREATE INDEX inbound_order ON inbound (order_key, state, id);

CREATE TABLE job (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    order_key TEXT,
    dead BOOLEAN NOT NULL,
    attempts INTEGER NOT NULL,
    run_at TIMESTAMP NOT NULL,
    lease_until TIMESTAMP NOT NULL,
    last_error TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX job_due ON job (dead, run_at, id);
CREATE INDEX job_order ON job (order_key, dead, id);
