DELETE FROM job WHERE kind = 'send_push';
DELETE FROM setting WHERE name = 'push-key';
DROP TABLE notice_push;
DROP TABLE push_choice;
DROP TABLE push_subscription;
