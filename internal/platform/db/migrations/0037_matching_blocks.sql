-- +goose Up
-- A partner's table is kept in blocks of sorted entries, each found by its first tag, once all parts of it are there: a question then
-- reads a few blocks, not the table. Tables that were kept in parts, and the epochs of this office's own, go: the
-- next night makes them anew.
CREATE TABLE match_block (
  owner BYTEA NOT NULL,
  epoch BYTEA NOT NULL,
  number BIGINT NOT NULL,
  first BYTEA NOT NULL, -- tag of the first entry
  body BYTEA NOT NULL,
  PRIMARY KEY (owner, epoch, number, first)
);
ALTER TABLE match_table ADD COLUMN head BYTEA; -- of a table that is whole
DELETE FROM match_part;
DELETE FROM match_table;
DELETE FROM match_listed;
DELETE FROM match_epoch;

-- +goose Down
DROP TABLE match_block;
ALTER TABLE match_table DROP COLUMN head;
