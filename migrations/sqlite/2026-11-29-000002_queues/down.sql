-- Destroys all data.
DROP TABLE search_trigram;
DROP TABLE search_index;
DROP TABLE search_text;
DROP TABLE job;
DROP TABLE inbound_hold;
DROP TABLE inbound;
DROP TABLE delivery;
DROP TABLE activity;
