DROP TABLE also_known_as;
