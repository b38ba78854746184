DROP TABLE suspended_follow;
