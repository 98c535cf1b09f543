-- +goose Up
-- The bytes that came with an entry (an attachment), sealed in pieces under its dossier's key of one category.
CREATE TABLE chunk (
  owner BYTEA NOT NULL,
  entry BYTEA NOT NULL,
  number BIGINT NOT NULL, -- 0, 1, 2 ...
  category TEXT NOT NULL,
  digest BYTEA NOT NULL,  -- of the sealed bytes; stays when they are erased
  body BYTEA,
  PRIMARY KEY (owner, entry, number)
);

-- +goose Down
DROP TABLE chunk;
