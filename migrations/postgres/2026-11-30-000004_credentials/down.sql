ALTER TABLE account ADD COLUMN password TEXT NOT NULL DEFAULT '';
UPDATE account SET password = (
    SELECT secret FROM credential WHERE credential.account_id = account.actor_id AND kind = 'password'
) WHERE actor_id IN (SELECT account_id FROM credential WHERE kind = 'password');
DROP TABLE credential;
