DROP TABLE mail_link;
DROP INDEX account_address;
ALTER TABLE account DROP COLUMN pending_address;
ALTER TABLE account DROP COLUMN address;
