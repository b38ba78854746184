DROP TABLE assertion_key;
-- Nothing older can sign with them.
DELETE FROM signing_key WHERE kind <> 'rsa';
ALTER TABLE signing_key DROP COLUMN kind;
ALTER TABLE peer DROP COLUMN signature_form;
