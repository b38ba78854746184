-- A warning stands before the text of its language, in a fold around it.
UPDATE post SET html = (
    SELECT json_group_array(json_array(tag, CASE WHEN warning IS NULL THEN text ELSE
        '<details><summary>' || replace(replace(replace(replace(warning, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;')
        || '</summary>' || text || '</details>' END))
    FROM (
        SELECT json_extract(each.value, '$[0]') AS tag, json_extract(each.value, '$[1]') AS text,
            (SELECT json_extract(own.value, '$[1]') FROM json_each(post.warning) AS own
                WHERE json_extract(own.value, '$[0]') = json_extract(each.value, '$[0]')) AS warning
        FROM json_each(post.html) AS each ORDER BY each.key
    )
) WHERE warning <> '[]';
UPDATE revision SET html = (
    SELECT json_group_array(json_array(tag, CASE WHEN warning IS NULL THEN text ELSE
        '<details><summary>' || replace(replace(replace(replace(warning, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;')
        || '</summary>' || text || '</details>' END))
    FROM (
        SELECT json_extract(each.value, '$[0]') AS tag, json_extract(each.value, '$[1]') AS text,
            (SELECT json_extract(own.value, '$[1]') FROM json_each(revision.warning) AS own
                WHERE json_extract(own.value, '$[0]') = json_extract(each.value, '$[0]')) AS warning
        FROM json_each(revision.html) AS each ORDER BY each.key
    )
) WHERE warning <> '[]';
ALTER TABLE revision DROP COLUMN warning;
ALTER TABLE post DROP COLUMN warning;
