-- Titles and names have an index of their own, so that neither looking for people nor suggesting what somebody types
-- walks through the words of all posts. One letter before each word says what it is of (store/src/search/letter.rs), so
-- that people, communities and titles are different words. Its prefix indexes hold one to three typed characters.
CREATE VIRTUAL TABLE search_name USING fts5 (
    words, content = '', contentless_delete = 1, prefix = '2 3 4',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);

-- Entries that are written anew once, by the job below, which takes them out of here.
CREATE TABLE search_outdated (
    text_id BIGINT NOT NULL PRIMARY KEY REFERENCES search_text (id) ON DELETE CASCADE
);

-- The words of all names and titles are known here, without their stems and what people say of themselves: those are
-- for the job. Meanwhile everything is found by its name.
INSERT INTO search_name (rowid, words)
SELECT search_text.id, 't' || replace(search_text.words, ' ', ' t')
FROM search_text WHERE search_text.post_id IS NOT NULL AND search_text.words <> ''
ORDER BY search_text.id;
INSERT INTO search_name (rowid, words)
SELECT search_text.id, 'p' || replace(search_text.words, ' ', ' p')
FROM search_text JOIN actor ON actor.id = search_text.actor_id
WHERE actor.kind = 'person' AND search_text.words <> ''
ORDER BY search_text.id;
INSERT INTO search_name (rowid, words)
SELECT search_text.id, 'c' || replace(search_text.words, ' ', ' c')
FROM search_text JOIN actor ON actor.id = search_text.actor_id
WHERE actor.kind = 'group' AND search_text.words <> ''
ORDER BY search_text.id;
INSERT INTO search_outdated (text_id)
SELECT id FROM search_text WHERE actor_id IS NOT NULL OR words <> '';
-- Ids below the year 2026 are free.
INSERT INTO job (id, kind, payload, order_key, dead, attempts, run_at, lease_until, last_error, created_at)
SELECT 14, 'rewrite_search_entries', 'null', NULL, FALSE, 0, CURRENT_TIMESTAMP, '1970-01-01 00:00:00', NULL,
    CURRENT_TIMESTAMP
WHERE EXISTS (SELECT 1 FROM search_outdated);
