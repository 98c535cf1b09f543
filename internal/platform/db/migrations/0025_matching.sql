-- +goose Up
-- Private matching. Of the office that owns records: one secret for each partner and epoch, sealed, destroyed when the epoch
-- ends; and which records its tables list, with what stood there.
CREATE TABLE match_epoch (
  owner BYTEA NOT NULL,
  id BYTEA NOT NULL,
  partner BYTEA NOT NULL,
  starts BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  secret BYTEA NOT NULL,
  tables BIGINT NOT NULL, -- sent so far
  records BIGINT NOT NULL, -- in the last ones
  quota BIGINT NOT NULL,
  used BIGINT NOT NULL,
  PRIMARY KEY (owner, id)
);
CREATE INDEX match_epoch_partner ON match_epoch (owner, partner, starts);
CREATE TABLE match_listed (
  owner BYTEA NOT NULL,
  epoch BYTEA NOT NULL,
  record BYTEA NOT NULL,
  digest BYTEA NOT NULL,
  PRIMARY KEY (owner, epoch, record)
);
-- Of the office that asks: partners' tables in parts, which records it has asked about in their epoch, and its questions.
CREATE TABLE match_table (
  owner BYTEA NOT NULL,
  epoch BYTEA NOT NULL,
  number BIGINT NOT NULL,
  partner BYTEA NOT NULL,
  whole BIGINT NOT NULL, -- all replaces what was before
  parts BIGINT NOT NULL,
  come BIGINT NOT NULL, -- parts
  hash BYTEA NOT NULL,
  ends BIGINT NOT NULL,
  quota BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (owner, epoch, number)
);
CREATE INDEX match_table_partner ON match_table (owner, partner, at);
CREATE TABLE match_part (
  owner BYTEA NOT NULL,
  epoch BYTEA NOT NULL,
  number BIGINT NOT NULL,
  part BIGINT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (owner, epoch, number, part)
);
CREATE TABLE match_asked (
  owner BYTEA NOT NULL,
  epoch BYTEA NOT NULL,
  record BYTEA NOT NULL,
  digest BYTEA NOT NULL,
  PRIMARY KEY (owner, epoch, record)
);
CREATE TABLE match_question (
  owner BYTEA NOT NULL,
  id BYTEA NOT NULL,
  partner BYTEA NOT NULL,
  epoch BYTEA NOT NULL,
  elements BIGINT NOT NULL,
  at BIGINT NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY (owner, id)
);
CREATE INDEX match_question_epoch ON match_question (owner, epoch);

-- +goose Down
DROP TABLE match_question;
DROP TABLE match_asked;
DROP TABLE match_part;
DROP TABLE match_table;
DROP TABLE match_listed;
DROP TABLE match_epoch;
