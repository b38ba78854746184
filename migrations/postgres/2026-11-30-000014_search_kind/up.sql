-- Titles and names have an index of their own, so that neither looking for people nor suggesting what somebody types
-- walks through the words of all posts. One letter before each word says what it is of (store/src/search/letter.rs), so
-- that people, communities and titles are different words, and none needs a weight: with weights, PostgreSQL reads
-- every row again.
CREATE TABLE search_name (
    rowid BIGINT NOT NULL PRIMARY KEY,
    tokens TSVECTOR NOT NULL
);
-- Without the list of pending words, which every lookup would read whole.
CREATE INDEX search_name_tokens ON search_name USING gin (tokens) WITH (fastupdate = off);

-- Entries that are written anew once, by the job below, which takes them out of here.
CREATE TABLE search_outdated (
    text_id BIGINT NOT NULL PRIMARY KEY REFERENCES search_text (id) ON DELETE CASCADE
);

-- The words of all names and titles are known here, without their stems and what people say of themselves: those are
-- for the job. Meanwhile everything is found by its name.
INSERT INTO search_name (rowid, tokens)
SELECT entry.id, CAST(string_agg('''' || entry.letter || word.text || ''':' || word.position, ' ') AS TSVECTOR)
FROM (
    SELECT search_text.id, search_text.words,
        CASE WHEN search_text.post_id IS NOT NULL THEN 't' WHEN actor.kind = 'group' THEN 'c' ELSE 'p' END AS letter
    FROM search_text LEFT JOIN actor ON actor.id = search_text.actor_id
    WHERE search_text.words <> '' AND (search_text.post_id IS NOT NULL OR actor.kind IN ('person', 'group'))
) AS entry, unnest(string_to_array(entry.words, ' ')) WITH ORDINALITY AS word (text, position)
GROUP BY entry.id;
INSERT INTO search_outdated (text_id)
SELECT id FROM search_text WHERE actor_id IS NOT NULL OR words <> '';
-- Ids below the year 2026 are free.
INSERT INTO job (id, kind, payload, order_key, dead, attempts, run_at, lease_until, last_error, created_at)
SELECT 14, 'rewrite_search_entries', 'null', NULL, FALSE, 0, now() AT TIME ZONE 'UTC', '1970-01-01 00:00:00', NULL,
    now() AT TIME ZONE 'UTC'
WHERE EXISTS (SELECT 1 FROM search_outdated);
-- The words of posts without the list of pending words as well.
ALTER INDEX search_index_tokens SET (fastupdate = off);
SELECT gin_clean_pending_list('search_index_tokens');
-- How frequent words are decides how they are looked up.
ANALYZE search_index;
ANALYZE search_name;
