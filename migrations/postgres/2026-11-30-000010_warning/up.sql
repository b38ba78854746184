-- Content warnings: what readers are warned of before a text, [[language, plain text], …] as its other texts.
ALTER TABLE post ADD COLUMN warning TEXT NOT NULL DEFAULT '[]';
ALTER TABLE revision ADD COLUMN warning TEXT NOT NULL DEFAULT '[]';

-- A text with a warning was <details><summary>WARNING</summary>TEXT</details> as a whole. One that holds such folds
-- in a row, or of which the first ends before the text does, is left as it is: those are folds of its author.
CREATE TEMPORARY TABLE folded AS
SELECT owner, id, key, tag, text, middle IS NOT NULL AS warned,
    replace(replace(replace(replace(substr(text, 19, middle - 19), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&') AS warning,
    substr(text, middle + 10, length(text) - middle - 19) AS behind
FROM (
    SELECT owner, id, key, tag, text,
        CASE WHEN left(text, 18) = '<details><summary>' AND right(text, 10) = '</details>'
            AND strpos(text, '</summary>') > 0
            AND strpos(substr(text, 19, greatest(strpos(text, '</summary>') - 19, 0)), '<') = 0
            AND (strpos(substr(text, 19), '<details') BETWEEN 1 AND strpos(substr(text, 19), '</details>')
                OR strpos(substr(text, 19), '</details>') = length(text) - 27)
            THEN strpos(text, '</summary>') END AS middle
    FROM (
        SELECT 'post' AS owner, post.id, each.key, each.value ->> 0 AS tag, each.value ->> 1 AS text
        FROM post, json_array_elements(post.html::json) WITH ORDINALITY AS each (value, key)
        WHERE post.html LIKE '%<details><summary>%'
        UNION ALL
        SELECT 'revision', revision.id, each.key, each.value ->> 0, each.value ->> 1
        FROM revision, json_array_elements(revision.html::json) WITH ORDINALITY AS each (value, key)
        WHERE revision.html LIKE '%<details><summary>%'
    ) AS texts
) AS parts;
UPDATE post SET warning = converted.warning, html = converted.html
FROM (
    SELECT id, json_agg(json_build_array(tag, warning) ORDER BY key) FILTER (WHERE warned)::text AS warning,
        json_agg(json_build_array(tag, CASE WHEN warned THEN behind ELSE text END) ORDER BY key)::text AS html
    FROM folded WHERE owner = 'post' GROUP BY id
) AS converted
WHERE converted.id = post.id AND converted.warning IS NOT NULL;
UPDATE revision SET warning = converted.warning, html = converted.html
FROM (
    SELECT id, json_agg(json_build_array(tag, warning) ORDER BY key) FILTER (WHERE warned)::text AS warning,
        json_agg(json_build_array(tag, CASE WHEN warned THEN behind ELSE text END) ORDER BY key)::text AS html
    FROM folded WHERE owner = 'revision' GROUP BY id
) AS converted
WHERE converted.id = revision.id AND converted.warning IS NOT NULL;
DROP TABLE folded;
