-- Whom visitors of a community of ours can write to.
CREATE TABLE community_contact (
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    -- From 1, in the order shown.
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    -- LangText: what to write to them about; may be empty.
    about TEXT NOT NULL,
    -- Shown to facilitators alone.
    address TEXT NOT NULL,
    -- The language of the mails to them.
    lang TEXT NOT NULL,
    PRIMARY KEY (community_id, number)
);

-- What visitors write to a contact, until it is mailed; then only when.
CREATE TABLE contact_message (
    id BIGINT NOT NULL PRIMARY KEY,
    community_id BIGINT NOT NULL REFERENCES community (actor_id),
    -- To whom: name, address and language of the contact at the time.
    to_name TEXT NOT NULL,
    to_address TEXT NOT NULL,
    to_lang TEXT NOT NULL,
    -- Who writes, as they say.
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    text TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL
);
CREATE INDEX contact_message_community ON contact_message (community_id, written_at);
CREATE INDEX contact_message_written ON contact_message (written_at);
