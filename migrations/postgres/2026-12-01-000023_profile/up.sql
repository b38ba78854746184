-- Who finds somebody in lists and by searching: co-members, instance, everyone
ALTER TABLE actor ADD COLUMN seen_by TEXT NOT NULL DEFAULT 'everyone';
UPDATE actor SET seen_by = 'co-members' WHERE discoverable = FALSE;
ALTER TABLE actor DROP COLUMN discoverable;

-- What people say of themselves that others can look for.
CREATE TABLE profile_entry (
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    -- ask, system, region, organization
    kind TEXT NOT NULL,
    -- From 0, in the order shown.
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    -- Lower case and without accents, as it is looked for.
    folded TEXT NOT NULL,
    PRIMARY KEY (actor_id, kind, number)
);
CREATE INDEX profile_entry_folded ON profile_entry (kind, folded, actor_id);

INSERT INTO profile_entry (actor_id, kind, number, text, folded)
SELECT account.actor_id, 'organization', 0, actor.organization, lower(actor.organization)
FROM account JOIN actor ON actor.id = account.actor_id WHERE actor.organization <> '';
