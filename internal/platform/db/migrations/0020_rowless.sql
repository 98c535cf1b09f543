-- +goose Up
-- SQLite keeps these tables in their primary key alone (see dialect.go). With a number for each row beside it, each row lay
-- in two trees: every write of a person's file wrote it twice, and every reading went through both.
CREATE TABLE dossier_rowless (
  owner BYTEA NOT NULL,
  id BYTEA NOT NULL,
  kind TEXT NOT NULL,
  revision BIGINT NOT NULL,
  state TEXT NOT NULL,
  due BIGINT NOT NULL,
  assignee BYTEA NOT NULL,
  opened BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (owner, id)
) /* WITHOUT ROWID */;
INSERT INTO dossier_rowless SELECT owner, id, kind, revision, state, due, assignee, opened, updated FROM dossier ORDER BY owner, id;
DROP TABLE dossier;
ALTER TABLE dossier_rowless RENAME TO dossier;
CREATE INDEX dossier_updated ON dossier (owner, kind, updated, id);
CREATE INDEX dossier_due ON dossier (owner, kind, due, id);

CREATE TABLE entry_rowless (
  owner BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  revision BIGINT NOT NULL,
  id BYTEA NOT NULL,
  kind TEXT NOT NULL,
  type TEXT NOT NULL,
  version BIGINT NOT NULL,
  base BIGINT NOT NULL,
  actor BYTEA NOT NULL,
  purpose TEXT NOT NULL,
  occurred BIGINT NOT NULL,
  recorded BIGINT NOT NULL,
  salt BYTEA NOT NULL,
  PRIMARY KEY (owner, dossier, revision),
  UNIQUE (owner, id)
) /* WITHOUT ROWID */;
INSERT INTO entry_rowless SELECT owner, dossier, revision, id, kind, type, version, base, actor, purpose, occurred, recorded, salt FROM entry
  ORDER BY owner, dossier, revision;
DROP TABLE entry;
ALTER TABLE entry_rowless RENAME TO entry;

CREATE TABLE part_rowless (
  owner BYTEA NOT NULL,
  entry BYTEA NOT NULL,
  category TEXT NOT NULL,
  digest BYTEA NOT NULL,
  body BYTEA,
  PRIMARY KEY (owner, entry, category)
) /* WITHOUT ROWID */;
INSERT INTO part_rowless SELECT owner, entry, category, digest, body FROM part ORDER BY owner, entry, category;
DROP TABLE part;
ALTER TABLE part_rowless RENAME TO part;

CREATE TABLE code_rowless (
  owner BYTEA NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  dossier BYTEA NOT NULL,
  PRIMARY KEY (owner, dossier, name, value)
) /* WITHOUT ROWID */;
INSERT INTO code_rowless SELECT owner, kind, name, value, dossier FROM code ORDER BY owner, dossier, name, value;
DROP TABLE code;
ALTER TABLE code_rowless RENAME TO code;
CREATE INDEX code_value ON code (owner, kind, name, value, dossier);

CREATE TABLE standing_rowless (
  owner BYTEA NOT NULL,
  actor BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  relation TEXT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (owner, actor, dossier, relation)
) /* WITHOUT ROWID */;
INSERT INTO standing_rowless SELECT owner, actor, dossier, relation, until FROM standing ORDER BY owner, actor, dossier, relation;
DROP TABLE standing;
ALTER TABLE standing_rowless RENAME TO standing;
CREATE INDEX standing_dossier ON standing (owner, dossier);

CREATE TABLE read_entry_rowless (
  owner BYTEA NOT NULL,
  id BYTEA NOT NULL,
  actor BYTEA NOT NULL,
  purpose TEXT NOT NULL,
  at BIGINT NOT NULL,
  what TEXT NOT NULL,
  salt BYTEA NOT NULL,
  PRIMARY KEY (owner, id)
) /* WITHOUT ROWID */;
INSERT INTO read_entry_rowless SELECT owner, id, actor, purpose, at, what, salt FROM read_entry ORDER BY owner, id;
DROP TABLE read_entry;
ALTER TABLE read_entry_rowless RENAME TO read_entry;

CREATE TABLE read_of_rowless (
  owner BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  read BYTEA NOT NULL,
  PRIMARY KEY (owner, dossier, read)
) /* WITHOUT ROWID */;
INSERT INTO read_of_rowless SELECT owner, dossier, read FROM read_of ORDER BY owner, dossier, read;
DROP TABLE read_of;
ALTER TABLE read_of_rowless RENAME TO read_of;

CREATE TABLE summary_rowless (
  owner BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  category TEXT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (owner, dossier, category)
) /* WITHOUT ROWID */;
INSERT INTO summary_rowless SELECT owner, dossier, category, body FROM summary ORDER BY owner, dossier, category;
DROP TABLE summary;
ALTER TABLE summary_rowless RENAME TO summary;

CREATE TABLE vault_key_rowless (
  owner BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  category TEXT NOT NULL,
  id BYTEA NOT NULL,
  root BYTEA NOT NULL,
  wrapped BYTEA NOT NULL,
  PRIMARY KEY (owner, dossier, category)
) /* WITHOUT ROWID */;
INSERT INTO vault_key_rowless SELECT owner, dossier, category, id, root, wrapped FROM vault_key ORDER BY owner, dossier, category;
DROP TABLE vault_key;
ALTER TABLE vault_key_rowless RENAME TO vault_key;

CREATE TABLE ledger_leaf_rowless (
  owner BYTEA NOT NULL,
  entry BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  at BIGINT NOT NULL,
  number BIGINT,
  PRIMARY KEY (owner, entry)
) /* WITHOUT ROWID */;
INSERT INTO ledger_leaf_rowless SELECT owner, entry, hash, at, number FROM ledger_leaf ORDER BY owner, entry;
DROP TABLE ledger_leaf;
ALTER TABLE ledger_leaf_rowless RENAME TO ledger_leaf;
CREATE UNIQUE INDEX ledger_leaf_number ON ledger_leaf (owner, number);

CREATE TABLE ledger_hash_rowless (
  owner BYTEA NOT NULL,
  place BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (owner, place)
) /* WITHOUT ROWID */;
INSERT INTO ledger_hash_rowless SELECT owner, place, hash FROM ledger_hash ORDER BY owner, place;
DROP TABLE ledger_hash;
ALTER TABLE ledger_hash_rowless RENAME TO ledger_hash;

-- +goose Down
-- The tables stay as they are: both forms hold the same rows under the same names.
SELECT 1;
