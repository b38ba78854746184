-- A warning stands before the text of its language, in a fold around it.
UPDATE post SET html = (
    SELECT json_agg(json_build_array(tag, CASE WHEN own IS NULL THEN text ELSE
        '<details><summary>' || replace(replace(replace(replace(own, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;')
        || '</summary>' || text || '</details>' END) ORDER BY key)::text
    FROM (
        SELECT each.key, each.value ->> 0 AS tag, each.value ->> 1 AS text,
            (SELECT w.value ->> 1 FROM json_array_elements(post.warning::json) AS w
                WHERE w.value ->> 0 = each.value ->> 0) AS own
        FROM json_array_elements(post.html::json) WITH ORDINALITY AS each (value, key)
    ) AS texts
) WHERE warning <> '[]' AND html <> '[]';
UPDATE revision SET html = (
    SELECT json_agg(json_build_array(tag, CASE WHEN own IS NULL THEN text ELSE
        '<details><summary>' || replace(replace(replace(replace(own, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;')
        || '</summary>' || text || '</details>' END) ORDER BY key)::text
    FROM (
        SELECT each.key, each.value ->> 0 AS tag, each.value ->> 1 AS text,
            (SELECT w.value ->> 1 FROM json_array_elements(revision.warning::json) AS w
                WHERE w.value ->> 0 = each.value ->> 0) AS own
        FROM json_array_elements(revision.html::json) WITH ORDINALITY AS each (value, key)
    ) AS texts
) WHERE warning <> '[]' AND html <> '[]';
ALTER TABLE revision DROP COLUMN warning;
ALTER TABLE post DROP COLUMN warning;
