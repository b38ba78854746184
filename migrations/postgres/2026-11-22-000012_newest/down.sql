DROP INDEX post_newest;
