-- +goose Up
-- When what a message asks for should be done by; 0 for never.
ALTER TABLE post_out ADD COLUMN due BIGINT NOT NULL DEFAULT 0;
ALTER TABLE post_in ADD COLUMN due BIGINT NOT NULL DEFAULT 0;
-- Of what never left: when the other office took note that it never comes.
ALTER TABLE post_out ADD COLUMN told BIGINT NOT NULL DEFAULT 0;
-- Hashes of the parcels that travel with it.
ALTER TABLE post_out ADD COLUMN parcels TEXT NOT NULL DEFAULT '';
CREATE INDEX post_out_partner ON post_out (owner, partner, state, next);
-- The id of the receipt's leaf in the owner's log.
ALTER TABLE post_in ADD COLUMN leaf BYTEA;
CREATE INDEX post_in_leaf ON post_in (owner, leaf);
-- How far a partner's messages of a conversation have come without a gap, and the highest number that was seen.
CREATE TABLE post_order (
  owner BYTEA NOT NULL,
  partner BYTEA NOT NULL,
  conversation BYTEA NOT NULL,
  next BIGINT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (owner, partner, conversation)
);
-- What became of a message after it was taken in. Ours: said here of one that came, told once the partner knows; else the
-- partner said it of one that was sent.
CREATE TABLE post_mark (
  owner BYTEA NOT NULL,
  partner BYTEA NOT NULL,
  message BYTEA NOT NULL,
  status TEXT NOT NULL,
  ours BIGINT NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  told BIGINT NOT NULL,
  PRIMARY KEY (owner, partner, message, status, ours)
);
CREATE INDEX post_mark_told ON post_mark (owner, ours, told);
-- Large sealed files on their way, by the hash of their sealed bytes; of the owner itself when partner is the owner.
CREATE TABLE post_parcel (
  owner BYTEA NOT NULL,
  partner BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  size BIGINT NOT NULL,
  came BIGINT NOT NULL,    -- bytes that are here
  at BIGINT NOT NULL,      -- when the last of them came
  claimed BIGINT NOT NULL, -- when a message named it; 0 for never
  PRIMARY KEY (owner, partner, hash)
);
CREATE TABLE post_piece (
  owner BYTEA NOT NULL,
  partner BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  start BIGINT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (owner, partner, hash, start)
);

-- +goose Down
DROP TABLE post_piece;
DROP TABLE post_parcel;
DROP TABLE post_mark;
DROP TABLE post_order;
DROP INDEX post_in_leaf;
DROP INDEX post_out_partner;
ALTER TABLE post_in DROP COLUMN leaf;
ALTER TABLE post_out DROP COLUMN parcels;
ALTER TABLE post_out DROP COLUMN told;
ALTER TABLE post_in DROP COLUMN due;
ALTER TABLE post_out DROP COLUMN due;
