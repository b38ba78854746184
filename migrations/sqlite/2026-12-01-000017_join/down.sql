DELETE FROM job WHERE kind = 'send_join_mail';
DELETE FROM notice WHERE kind IN ('join-request', 'join-asked', 'join-accepted', 'join-declined', 'role');
DROP TABLE join_link;
DROP TABLE join_message;
DROP TABLE join_answer;
DROP TABLE join_request;
DROP TABLE join_question;
ALTER TABLE community DROP COLUMN join_policy;
