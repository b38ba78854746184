-- Organizations that people work at or belong to, as administrators list them.
CREATE TABLE organization (
    id BIGINT NOT NULL PRIMARY KEY,
    -- Part of its address: lower case letters, digits and hyphens.
    slug TEXT NOT NULL UNIQUE,
    -- LangText
    name TEXT NOT NULL,
    -- Lower case and without accents, in all languages, as it is looked for.
    folded TEXT NOT NULL,
    -- A town or region; '' where it is not said.
    place TEXT NOT NULL,
    -- The nine characters of its id in the Research Organization Registry; '' where it has none.
    ror TEXT NOT NULL,
    -- Its website; '' where it is not said.
    site TEXT NOT NULL,
    -- Mail domains, separated by blanks: a confirmed address in one of them confirms an affiliation.
    domains TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- That somebody says they belong to an organization.
CREATE TABLE affiliation (
    actor_id BIGINT NOT NULL REFERENCES account (actor_id),
    organization_id BIGINT NOT NULL REFERENCES organization (id),
    since TIMESTAMP NOT NULL,
    PRIMARY KEY (actor_id, organization_id)
);
CREATE INDEX affiliation_organization ON affiliation (organization_id, actor_id);

-- Organizations whose people are admitted at once where a community admits by eligibility.
CREATE TABLE eligible_organization (
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    organization_id BIGINT NOT NULL REFERENCES organization (id),
    PRIMARY KEY (community_id, organization_id)
);
CREATE INDEX eligible_organization_organization ON eligible_organization (organization_id);
