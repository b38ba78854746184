DROP TABLE post_tagging;
DROP TABLE post_tag;
DROP TABLE former_slug;
DROP TABLE tag;
