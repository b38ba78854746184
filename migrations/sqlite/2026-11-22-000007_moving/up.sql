-- The other addresses of an actor of ours (FEP-7628: `alsoKnownAs`): who moves here from one of
-- them is believed. They were looked up before, so they are actors we know.
CREATE TABLE also_known_as (
    actor_id BIGINT NOT NULL REFERENCES actor (id),
    other_id BIGINT NOT NULL REFERENCES actor (id),
    added_at TIMESTAMP NOT NULL,
    PRIMARY KEY (actor_id, other_id)
);
