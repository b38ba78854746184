-- People and communities that were indexed meanwhile are found again after `hedgerow search rebuild`.
DELETE FROM job WHERE kind = 'rewrite_search_entries';
DROP TABLE search_outdated;
DROP TABLE search_name;
ALTER INDEX search_index_tokens RESET (fastupdate);
