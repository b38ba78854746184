DROP TABLE contact_message;
DROP TABLE community_contact;
