-- The newest threads of a community first: not those that were spoken in last.
CREATE INDEX post_newest ON post (community_id, published_at, id) WHERE parent_id IS NULL;
