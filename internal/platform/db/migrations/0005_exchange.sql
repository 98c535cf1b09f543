-- +goose Up
CREATE TABLE post_secret (
  owner BYTEA NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY (owner)
);
CREATE TABLE post_out (
  owner BYTEA NOT NULL,
  id BYTEA NOT NULL,
  partner BYTEA NOT NULL,
  type TEXT NOT NULL,
  conversation BYTEA NOT NULL,
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  categories TEXT NOT NULL,
  size BIGINT NOT NULL,
  sealed BYTEA,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  tries BIGINT NOT NULL,
  next BIGINT NOT NULL,
  at BIGINT NOT NULL,
  done BIGINT NOT NULL,
  receipt BYTEA,
  PRIMARY KEY (owner, id)
);
CREATE UNIQUE INDEX post_out_seq ON post_out (owner, partner, conversation, seq);
CREATE INDEX post_out_next ON post_out (owner, state, next);
CREATE TABLE post_in (
  owner BYTEA NOT NULL,
  id BYTEA NOT NULL,
  partner BYTEA NOT NULL,
  type TEXT NOT NULL,
  conversation BYTEA NOT NULL,
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  categories TEXT NOT NULL,
  size BIGINT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  receipt BYTEA NOT NULL,
  PRIMARY KEY (owner, partner, id)
);
CREATE INDEX post_in_conversation ON post_in (owner, conversation, seq);

-- +goose Down
DROP TABLE post_in;
DROP TABLE post_out;
DROP TABLE post_secret;
