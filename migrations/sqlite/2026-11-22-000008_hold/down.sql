DROP TABLE inbound_hold;
