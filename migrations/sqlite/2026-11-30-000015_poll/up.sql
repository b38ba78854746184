-- What a poll asks beside its text. Its post says who may see it.
CREATE TABLE poll (
    post_id BIGINT NOT NULL PRIMARY KEY REFERENCES post (id),
    -- one, several, ranked
    way TEXT NOT NULL,
    -- How many choices one ballot may name.
    places INTEGER NOT NULL,
    -- Who sees the counts before the end: always, voted, end
    results TEXT NOT NULL,
    -- Whether the names of those who vote here are shown with the counts.
    shows_names BOOLEAN NOT NULL,
    ends_at TIMESTAMP,
    closed_at TIMESTAMP,
    -- Counted here for a poll of ours, told by its server for a remote one.
    voters BIGINT NOT NULL,
    -- When the counts changed last; of a remote poll by its server's clock.
    changed_at TIMESTAMP,
    -- Whether a job waits that sends the new counts.
    is_update_due BOOLEAN NOT NULL
);

CREATE TABLE poll_choice (
    post_id BIGINT NOT NULL REFERENCES poll (post_id),
    number INTEGER NOT NULL,
    -- [[language, text], …]
    name TEXT NOT NULL,
    -- Of a ranked poll, the ballots that name it first.
    votes BIGINT NOT NULL,
    -- Borda points of a ranked poll.
    points BIGINT NOT NULL,
    PRIMARY KEY (post_id, number)
);

-- One row for each choice that a ballot names. A vote stays after its voter has left the community.
CREATE TABLE poll_vote (
    post_id BIGINT NOT NULL REFERENCES poll (post_id),
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    number INTEGER NOT NULL,
    -- Its place in the ballot, from 1.
    place INTEGER NOT NULL,
    -- Names the vote on the wire.
    vote_id BIGINT NOT NULL,
    PRIMARY KEY (post_id, actor_id, number)
);
CREATE INDEX poll_vote_actor ON poll_vote (actor_id, post_id);
