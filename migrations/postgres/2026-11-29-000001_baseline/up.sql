-- The baseline: who there is, what they write, where it stands, whom they follow, and the queues
-- between servers. The same tables are in ../../sqlite; only the types of bytes, two indexes
-- and the index of words for searching differ.
-- Columns of several languages hold JSON, [[tag, text], …], the author's language first (model::LangText).

-- What the instance says of itself (`site`, JSON) and small facts about the installation.
CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- The processes that write here. The number is part of the ids they mint, so that two never mint the
-- same; it is free again when its lease ends.
CREATE TABLE process (
    number SMALLINT NOT NULL PRIMARY KEY,
    holder BIGINT NOT NULL,
    lease_until TIMESTAMP NOT NULL
);

-- Remote servers. `lane_*` is the delivery scheduler's lease.
CREATE TABLE peer (
    id BIGINT NOT NULL PRIMARY KEY,
    host TEXT NOT NULL UNIQUE,
    -- Of the organization, as its NodeInfo has it.
    name TEXT,
    software TEXT,
    version TEXT,
    state TEXT NOT NULL,
    first_seen TIMESTAMP NOT NULL,
    last_seen TIMESTAMP NOT NULL,
    failures INTEGER NOT NULL,
    last_error TEXT,
    retry_at TIMESTAMP NOT NULL,
    lane_until TIMESTAMP NOT NULL,
    lane_holder BIGINT NOT NULL,
    -- When it last accepted a delivery; NULL where it never has.
    accepted_at TIMESTAMP,
    -- Since when nothing is queued for it; NULL unless it is parked.
    parked_at TIMESTAMP,
    -- The effect of the rules: open, silenced or blocked. Kept here so that lists leave out what is
    -- blocked without reading the rules; almost always nobody is.
    standing TEXT NOT NULL DEFAULT 'open',
    -- The signature form it accepted last; NULL is draft-cavage, with which everybody begins.
    signature_form TEXT,
    -- Until when it asked us to wait (Retry-After); no retry comes before that.
    asked_until TIMESTAMP,
    -- The first activity that was not queued for it because it is parked.
    missed_from BIGINT,
    -- Deliveries that were discarded because it was silent for too long.
    discarded BIGINT NOT NULL DEFAULT 0,
    -- The last activity that could not be delivered: when it was tried, its type, and why. Kept when
    -- later ones are delivered.
    failed_at TIMESTAMP,
    failed_kind TEXT,
    failed_why TEXT
);
CREATE INDEX peer_standing ON peer (standing, id);

-- The forms of Announce that a peer has refused since it last accepted one: after three refusals no
-- more of them is queued for it (model::peer::AnnounceForm).
CREATE TABLE refused_form (
    peer_id BIGINT NOT NULL REFERENCES peer (id),
    form TEXT NOT NULL,
    refusals INTEGER NOT NULL,
    refused_at TIMESTAMP NOT NULL,
    PRIMARY KEY (peer_id, form)
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
    -- One line for software and lists that know one language; a community's names are in `community`.
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
    -- It may be found by searching (FEP-5feb: what it wrote), and be named in lists of people.
    indexable BOOLEAN NOT NULL,
    discoverable BOOLEAN NOT NULL DEFAULT TRUE,
    -- The people and communities it follows are named to others.
    show_follows BOOLEAN NOT NULL DEFAULT FALSE,
    -- The public key a peer's actor document names, and its id; ours are in signing_key.
    key_id TEXT,
    key_pem TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    fetched_at TIMESTAMP,
    follower_count INTEGER NOT NULL,
    post_count INTEGER NOT NULL,
    -- The actor this one has moved to, when both say so (FEP-7628).
    moved_to BIGINT REFERENCES actor (id)
);
-- A peer's name may be a person's and a community's (Lemmy: /u/ and /c/); ours are one's alone.
CREATE UNIQUE INDEX actor_address ON actor (handle, host, (kind = 'group' AND host <> ''));
CREATE INDEX actor_peer ON actor (peer_id, id);
CREATE INDEX actor_kind ON actor (kind, id);
CREATE INDEX actor_key ON actor (key_id);
CREATE INDEX actor_delivery_inbox ON actor (delivery_inbox);
-- Read once a statement by the access rule; almost always short.
CREATE INDEX actor_suspended ON actor (id) WHERE state = 'suspended';

-- The other addresses of a local actor (FEP-7628: `alsoKnownAs`): a move from one of them is believed.
CREATE TABLE also_known_as (
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    other_id BIGINT NOT NULL REFERENCES actor (id),
    added_at TIMESTAMP NOT NULL,
    PRIMARY KEY (actor_id, other_id)
);

-- Keys that sign. They outlive their actor until its queue is empty.
CREATE TABLE signing_key (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    private_der BYTEA NOT NULL,
    public_pem TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- `rsa` (PKCS#1 DER) signs requests; `ed25519` (PKCS#8 DER) is published beside it.
    kind TEXT NOT NULL
);
CREATE INDEX signing_key_actor ON signing_key (actor_id, id);

-- A peer's further keys: the Multikeys of `assertionMethod`, as its document shows them. The one in
-- `publicKey` is in actor, because nearly everybody has no other and signs with that.
CREATE TABLE assertion_key (
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    key_id TEXT NOT NULL,
    multibase TEXT NOT NULL,
    PRIMARY KEY (actor_id, key_id)
);
CREATE INDEX assertion_key_id ON assertion_key (key_id);

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
    -- NULL: from the shell.
    created_by BIGINT REFERENCES actor (id)
);

-- The local people who can sign in.
CREATE TABLE account (
    actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES actor (id),
    state TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    lang TEXT NOT NULL,
    -- IANA name of a time zone; empty: the site's.
    zone TEXT NOT NULL,
    request TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- When they were last here, to ten minutes; NULL where they never were.
    seen_at TIMESTAMP
);
CREATE INDEX account_state ON account (state, actor_id);

-- What admins did with an account. Rows are kept as long as the account.
CREATE TABLE admin_action (
    id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (actor_id),
    kind TEXT NOT NULL,
    -- Why, for the admins; empty where none is asked for.
    reason TEXT NOT NULL,
    -- NULL: from the shell.
    by_id BIGINT REFERENCES actor (id),
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX admin_action_account ON admin_action (account_id, id);

-- A link that signs somebody in once. token_hash is the SHA-256 of the random token in the link; the row
-- is deleted when it is used.
CREATE TABLE sign_in_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES account (actor_id),
    -- The admin who made it; NULL: from the shell.
    by_id BIGINT REFERENCES actor (id),
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sign_in_link_account ON sign_in_link (account_id);
CREATE INDEX sign_in_link_by ON sign_in_link (by_id);

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

-- What a community says of itself, ours and the peers'. The five texts hold JSON of several languages.
CREATE TABLE community (
    actor_id BIGINT NOT NULL PRIMARY KEY REFERENCES actor (id),
    founded_by BIGINT REFERENCES actor (id),
    name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    domain TEXT NOT NULL,
    community TEXT NOT NULL,
    practice TEXT NOT NULL,
    -- Its number in the palette here (model::community::COLOURS).
    colour INTEGER NOT NULL,
    backfill TEXT NOT NULL,
    private BOOLEAN NOT NULL,
    -- On a remote one: its threads are questions (PieFed).
    question_answer BOOLEAN NOT NULL,
    posts_per_hour BIGINT NOT NULL
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

-- Who may not write in a community, whether or not they are a member; until NULL is for good.
CREATE TABLE community_ban (
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    until TIMESTAMP,
    PRIMARY KEY (community_id, actor_id)
);

-- The parts of a community that differ in who may read them. Each community, a remote one too, has
-- one open space, in which its posts stand unless another is said.
CREATE TABLE space (
    id BIGINT NOT NULL PRIMARY KEY,
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    -- open, members, private (model::access::SpaceAccess)
    access TEXT NOT NULL,
    -- JSON of several languages; empty for the first open space, which has the community's name.
    name TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX space_community ON space (community_id, id);

-- Who may read a private space.
CREATE TABLE space_member (
    space_id BIGINT NOT NULL REFERENCES space (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    since TIMESTAMP NOT NULL,
    PRIMARY KEY (space_id, actor_id)
);
CREATE INDEX space_member_actor ON space_member (actor_id, space_id);

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

-- The follows that a block has ended, in both directions, for when it is lifted.
CREATE TABLE suspended_follow (
    id BIGINT NOT NULL PRIMARY KEY,
    peer_id BIGINT NOT NULL REFERENCES peer (id),
    follower_id BIGINT NOT NULL REFERENCES actor (id),
    target_id BIGINT NOT NULL REFERENCES actor (id),
    ap_id TEXT NOT NULL
);
CREATE INDEX suspended_follow_peer ON suspended_follow (peer_id, id);

-- All content: threads (parent_id null) and replies. branch_id is the first-level reply a reply
-- belongs to (its own id for a first-level one), so that (root_id, branch_id, id) is reading order.
-- What only one kind has is in a detail table with the post's id (event).
CREATE TABLE post (
    id BIGINT NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    peer_id BIGINT REFERENCES peer (id),
    url TEXT NOT NULL,
    -- Where it stands; both NULL for a post in no community, which stands at its author. The
    -- community is the space's, kept here for the indexes of its lists.
    space_id BIGINT REFERENCES space (id),
    community_id BIGINT REFERENCES actor (id),
    author_id BIGINT NOT NULL REFERENCES actor (id),
    parent_id BIGINT REFERENCES post (id),
    root_id BIGINT NOT NULL,
    branch_id BIGINT NOT NULL,
    depth INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- live, held, hidden, draft, tombstone (model::PostState)
    state TEXT NOT NULL,
    -- public, unlisted: narrower than its place, never wider
    audience TEXT NOT NULL,
    -- Of several languages each: the title, the text as typed, the sanitized HTML.
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    published_at TIMESTAMP NOT NULL,
    edited_at TIMESTAMP,
    deleted_at TIMESTAMP,
    deleted_by TEXT,
    -- Of a removed post: the state that it returns to when the removal is undone.
    state_before TEXT,
    reply_count INTEGER NOT NULL,
    like_count INTEGER NOT NULL,
    -- On a reply that was accepted as an answer to its question: since when. It counts while it is live.
    accepted_at TIMESTAMP,
    -- On a question: the accepted answers that count.
    answer_count INTEGER NOT NULL,
    -- On a thread: the newest post in it (arrival order, for unread marks) and its time.
    last_post_id BIGINT NOT NULL,
    active_at TIMESTAMP NOT NULL,
    -- On a thread that its community announced: that Announce's id, for its Undo.
    announce_id TEXT,
    -- On a thread that began elsewhere: the collection its own server, or its community's, keeps of
    -- the conversation (FEP-7888, FEP-f228). Replies from here name it too.
    context TEXT,
    -- On a thread from elsewhere: the ids that it names as its community, the most specific first,
    -- separated by spaces. Only one of these may claim it.
    named_communities TEXT NOT NULL
);
CREATE INDEX post_threads ON post (community_id, active_at, id) WHERE parent_id IS NULL;
CREATE INDEX post_newest ON post (community_id, published_at, id) WHERE parent_id IS NULL;
CREATE INDEX post_unread ON post (community_id, last_post_id) WHERE parent_id IS NULL;
-- Questions without an accepted answer.
CREATE INDEX post_unanswered ON post (community_id, active_at, id)
    WHERE parent_id IS NULL AND kind = 'question' AND answer_count = 0;
-- Accepted answers of a question.
CREATE INDEX post_answers ON post (root_id, accepted_at, id) WHERE accepted_at IS NOT NULL;
CREATE INDEX post_recent ON post (active_at, id) WHERE parent_id IS NULL;
CREATE INDEX post_thread ON post (root_id, branch_id, id);
CREATE INDEX post_thread_newest ON post (root_id, id);
CREATE INDEX post_author ON post (author_id, id);
CREATE INDEX post_server ON post (community_id, peer_id, id) WHERE peer_id IS NOT NULL;
-- What people write outside of communities.
CREATE INDEX post_personal ON post (author_id, active_at, id) WHERE parent_id IS NULL AND community_id IS NULL;

-- When and where a post of kind event is; times in UTC.
CREATE TABLE event (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES post (id),
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP,
    -- IANA name, where it is known.
    zone TEXT,
    -- Seconds east of UTC, as its start was written.
    utc_offset INTEGER NOT NULL,
    -- Name and address in one line; empty where none was given.
    place TEXT NOT NULL
);
CREATE INDEX event_start ON event (starts_at, post_id);

-- Pictures of a post; the bytes are in the media store under the digest. They are not in `blob`: who may
-- see one is decided by its post.
CREATE TABLE post_picture (
    post_id BIGINT NOT NULL REFERENCES post (id),
    -- From 1, in the order shown.
    number INTEGER NOT NULL,
    digest TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    -- Alternative text, plain, in the author's language.
    alt TEXT NOT NULL,
    PRIMARY KEY (post_id, number)
);
CREATE INDEX post_picture_digest ON post_picture (digest);

-- Where else a post is shown: in a community that does not own it, by its Announce. Moderation
-- rights follow the owning place; a sharing community can only take its share back.
CREATE TABLE post_share (
    community_id BIGINT NOT NULL REFERENCES actor (id),
    post_id BIGINT NOT NULL REFERENCES post (id),
    -- The id of the Announce, for its Undo.
    announce_id TEXT NOT NULL,
    shared_by BIGINT NOT NULL REFERENCES actor (id),
    shared_at TIMESTAMP NOT NULL,
    PRIMARY KEY (community_id, post_id)
);
CREATE INDEX post_share_post ON post_share (post_id);
CREATE INDEX post_share_announce ON post_share (announce_id);
CREATE INDEX post_share_newest ON post_share (community_id, shared_at);

-- Guests of one thread in a space they may not read, until then.
CREATE TABLE post_grant (
    post_id BIGINT NOT NULL REFERENCES post (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    until TIMESTAMP NOT NULL,
    PRIMARY KEY (post_id, actor_id)
);

-- The texts a post had before, of several languages each.
CREATE TABLE revision (
    id BIGINT NOT NULL PRIMARY KEY,
    post_id BIGINT NOT NULL REFERENCES post (id),
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL
);
CREATE INDEX revision_post ON revision (post_id, id);

CREATE TABLE mention (
    post_id BIGINT NOT NULL REFERENCES post (id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    PRIMARY KEY (post_id, actor_id)
);

-- How much of the edits within an hour authors have used: none once the moment is over.
CREATE TABLE edit_pace (
    author_id BIGINT NOT NULL PRIMARY KEY REFERENCES actor (id),
    whole_at TIMESTAMP NOT NULL
);

-- Which post a form or request with a token has made, so that the same one sent again makes no second.
CREATE TABLE submission (
    author_id BIGINT NOT NULL REFERENCES actor (id),
    -- The post that is replied to, or the community of a thread.
    target_id BIGINT NOT NULL,
    -- SHA-256 of the form's token and what was typed.
    token TEXT NOT NULL,
    post_id BIGINT NOT NULL REFERENCES post (id),
    sent_at TIMESTAMP NOT NULL,
    PRIMARY KEY (author_id, target_id, token)
);
CREATE INDEX submission_sent ON submission (sent_at);

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

-- What somebody asked to be told of a thread, where that is not the usual: watch, mute
-- (model::notice::ThreadNotify).
CREATE TABLE thread_notify (
    root_id BIGINT NOT NULL REFERENCES post (id),
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    level TEXT NOT NULL,
    PRIMARY KEY (root_id, actor_id)
);

CREATE TABLE notice (
    id BIGINT NOT NULL PRIMARY KEY,
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    kind TEXT NOT NULL,
    from_id BIGINT NOT NULL REFERENCES actor (id),
    post_id BIGINT REFERENCES post (id),
    -- The community that was followed; NULL where it was the person.
    community_id BIGINT REFERENCES community (actor_id),
    created_at TIMESTAMP NOT NULL,
    -- It was marked as read, or the post it is about was read.
    seen BOOLEAN NOT NULL
);
CREATE INDEX notice_actor ON notice (actor_id, id);
CREATE INDEX notice_unseen ON notice (actor_id, id) WHERE NOT seen;

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
