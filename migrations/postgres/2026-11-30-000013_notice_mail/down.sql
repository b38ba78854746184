DELETE FROM job WHERE kind IN ('send_notice_mail', 'send_digest', 'queue_digests', 'mail_new_thread');
DROP TABLE notice_mail;
DROP TABLE mail_setting;
DROP TABLE mail_choice;
ALTER TABLE notice DROP COLUMN for_digest;
ALTER TABLE account DROP COLUMN address_refused_at;
