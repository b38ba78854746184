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
        CASE WHEN substr(text, 1, 18) = '<details><summary>' AND substr(text, -10) = '</details>'
            AND instr(substr(text, 19, instr(text, '</summary>') - 19), '<') = 0
            AND (instr(substr(text, 19), '<details') BETWEEN 1 AND instr(substr(text, 19), '</details>')
                OR instr(substr(text, 19), '</details>') = length(text) - 27)
            THEN instr(text, '</summary>') END AS middle
    FROM (
        SELECT 'post' AS owner, post.id, each.key, json_extract(each.value, '$[0]') AS tag, json_extract(each.value, '$[1]') AS text
        FROM post, json_each(post.html) AS each WHERE post.html LIKE '%<details><summary>%'
        UNION ALL
        SELECT 'revision', revision.id, each.key, json_extract(each.value, '$[0]'), json_extract(each.value, '$[1]')
        FROM revision, json_each(revision.html) AS each WHERE revision.html LIKE '%<details><summary>%'
    )
)
ORDER BY owner, id, key;
UPDATE post SET
    warning = (SELECT json_group_array(json_array(tag, warning)) FROM folded WHERE owner = 'post' AND folded.id = post.id AND warned),
    html = (SELECT json_group_array(json_array(tag, CASE WHEN warned THEN behind ELSE text END)) FROM folded WHERE owner = 'post' AND folded.id = post.id)
WHERE id IN (SELECT id FROM folded WHERE owner = 'post' AND warned);
UPDATE revision SET
    warning = (SELECT json_group_array(json_array(tag, warning)) FROM folded WHERE owner = 'revision' AND folded.id = revision.id AND warned),
    html = (SELECT json_group_array(json_array(tag, CASE WHEN warned THEN behind ELSE text END)) FROM folded WHERE owner = 'revision' AND folded.id = revision.id)
WHERE id IN (SELECT id FROM folded WHERE owner = 'revision' AND warned);
DROP TABLE folded;
