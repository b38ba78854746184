-- The processes that write here. The number is in the ids they mint, so that two never mint the same;
-- it is free again when its lease ends.
CREATE TABLE process (
    number SMALLINT NOT NULL PRIMARY KEY,
    holder BIGINT NOT NULL,
    lease_until TIMESTAMP NOT NULL
);
