DROP TABLE eligible_organization;
DROP TABLE affiliation;
DROP TABLE organization;
