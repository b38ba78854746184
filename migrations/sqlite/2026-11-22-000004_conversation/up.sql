-- Conversations that began elsewhere, and actors who have moved.

-- On a thread that began elsewhere: the collection that its own server, or its community's, keeps
-- of the conversation (FEP-7888, FEP-f228). Replies from here name it too.
ALTER TABLE post ADD COLUMN context TEXT;

-- The actor this one has moved to, when both say so (FEP-7628).
ALTER TABLE actor ADD COLUMN moved_to BIGINT REFERENCES actor (id);
