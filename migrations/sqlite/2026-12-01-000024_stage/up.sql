-- planned, incubating, active, dormant, archived
ALTER TABLE community ADD COLUMN stage TEXT NOT NULL DEFAULT 'active';
-- Of a planned one: the day on which it opens, YYYY-MM-DD; '' where it is not known.
ALTER TABLE community ADD COLUMN opens_on TEXT NOT NULL DEFAULT '';
-- What its people come together for, separated by blanks: learn, align, act; '' where it is not known.
ALTER TABLE community ADD COLUMN purposes TEXT NOT NULL DEFAULT '';
UPDATE community SET purposes = 'learn'
WHERE actor_id IN (SELECT id FROM actor WHERE peer_id IS NULL);

-- What has happened to a community of ours, for its timeline.
CREATE TABLE milestone (
    id BIGINT NOT NULL PRIMARY KEY,
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    -- stage, purposes, name, own
    kind TEXT NOT NULL,
    -- The day, YYYY-MM-DD.
    on_day TEXT NOT NULL,
    by_id BIGINT REFERENCES actor (id),
    -- The new stage or purposes, as they are stored in community; '' otherwise.
    word TEXT NOT NULL,
    -- LangText: the former name, or what a facilitator wrote.
    text TEXT NOT NULL
);
CREATE INDEX milestone_community ON milestone (community_id, on_day, id);
