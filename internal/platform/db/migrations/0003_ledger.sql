-- +goose Up
CREATE TABLE ledger_leaf (
  owner BYTEA NOT NULL,
  entry BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  at BIGINT NOT NULL,
  number BIGINT,
  PRIMARY KEY (owner, entry)
);
CREATE UNIQUE INDEX ledger_leaf_number ON ledger_leaf (owner, number);
CREATE TABLE ledger_hash (
  owner BYTEA NOT NULL,
  place BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (owner, place)
);
CREATE TABLE ledger_checkpoint (
  owner BYTEA NOT NULL,
  size BIGINT NOT NULL,
  at BIGINT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (owner, size)
);
CREATE TABLE ledger_seen (
  owner BYTEA NOT NULL,
  origin TEXT NOT NULL,
  size BIGINT NOT NULL,
  at BIGINT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (owner, origin)
);

-- +goose Down
DROP TABLE ledger_seen;
DROP TABLE ledger_checkpoint;
DROP TABLE ledger_hash;
DROP TABLE ledger_leaf;
