-- The durable queues, and the search index.

-- Activities we rendered, frozen so that every retry sends the same bytes.
CREATE TABLE activity (
    id BIGINT NOT NULL PRIMARY KEY,
    ap_id TEXT NOT NULL UNIQUE,
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    kind TEXT NOT NULL,
    -- Idempotency key: a job run twice makes one row.
    once_key TEXT NOT NULL UNIQUE,
    order_key TEXT NOT NULL,
    -- What it is about: an object or an activity. Later ones about the same wait for it.
    subject TEXT NOT NULL,
    -- The form of Announce it is, where not every peer takes that.
    form TEXT,
    -- The server of the actor whose activity a community announces.
    origin_peer_id BIGINT,
    -- The key that signs it; NULL: the newest of its actor.
    signing_key_id BIGINT,
    public BOOLEAN NOT NULL,
    -- The post whose words it carries: an outbox shows it to those who may see that.
    post_id BIGINT REFERENCES post (id),
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
    subject TEXT NOT NULL,
    form TEXT,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at TIMESTAMP NOT NULL,
    last_error TEXT,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (activity_id, inbox)
);
-- One index finds both the peers with work and the work of a peer.
CREATE INDEX delivery_lane ON delivery (state, peer_id, id);
CREATE INDEX delivery_order ON delivery (peer_id, order_key, state, id);
CREATE INDEX delivery_state ON delivery (state, id);
CREATE INDEX delivery_subject ON delivery (peer_id, subject, state, id);
CREATE INDEX delivery_inbox ON delivery (inbox);

-- Received activities. guard: the signer's origin and the activity's id, or the body's hash. Only
-- those that wait are in the index that finds them, host by host.
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
CREATE INDEX inbound_waiting ON inbound (host, run_at, id) WHERE state = 'waiting';
-- Several processes share the work, so that order within a key is looked up.
CREATE INDEX inbound_order ON inbound (order_key, id) WHERE state = 'waiting';
CREATE INDEX inbound_ended ON inbound (state, id) WHERE state IN ('ignored', 'rejected');
-- Of those of each host, only the newest are kept.
CREATE INDEX inbound_refused ON inbound (host, id) WHERE state IN ('ignored', 'rejected');

-- What a received activity that is retried later keeps from those that came after it, each as the
-- digest of a name. Few rows, and none where everything went well: they go when it ends.
CREATE TABLE inbound_hold (
    name TEXT NOT NULL,
    inbound_id BIGINT NOT NULL,
    PRIMARY KEY (name, inbound_id)
);
CREATE INDEX inbound_hold_of ON inbound_hold (inbound_id);

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

-- What searching finds: one row for each post or actor and language of it, written by a job. Who may
-- find it is decided by the row of the post or actor when somebody searches, never here.
CREATE TABLE search_text (
    id BIGINT NOT NULL PRIMARY KEY,
    post_id BIGINT REFERENCES post (id),
    actor_id BIGINT REFERENCES actor (id),
    -- The primary language tag.
    lang TEXT NOT NULL,
    -- The words of the title or name, folded, separated by blanks.
    words TEXT NOT NULL
);
CREATE INDEX search_text_post ON search_text (post_id);
CREATE INDEX search_text_actor ON search_text (actor_id);

-- The words of each text, folded and stemmed before they are written (model::search), so that both
-- databases hold the same; `rowid` is the text's id. The words of titles have the weight A.
CREATE TABLE search_index (
    rowid BIGINT NOT NULL PRIMARY KEY,
    tokens TSVECTOR NOT NULL
);
CREATE INDEX search_index_tokens ON search_index USING gin (tokens);

-- The words of titles and names by their groups of three letters: how misspelled words are found.
CREATE TABLE search_trigram (
    trigram TEXT NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (trigram, word)
);
CREATE INDEX search_trigram_word ON search_trigram (word);
