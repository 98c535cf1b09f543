-- +goose Up
-- Messages that take something back and wait, unsigned, until a restored office may sign again. What each says is
-- sealed under the owner's key.
CREATE TABLE post_held (
  owner BYTEA NOT NULL,
  id BYTEA NOT NULL,
  number BIGINT NOT NULL, -- their order
  partner BYTEA NOT NULL,
  conversation BYTEA NOT NULL,
  type TEXT NOT NULL,
  at BIGINT NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY (owner, id)
);
CREATE UNIQUE INDEX post_held_number ON post_held (owner, number);

-- +goose Down
DROP TABLE post_held;
