-- +goose Up
CREATE TABLE dossier (
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
);
CREATE INDEX dossier_updated ON dossier (owner, kind, updated, id);
CREATE INDEX dossier_due ON dossier (owner, kind, due, id);
CREATE TABLE entry (
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
);
CREATE TABLE part (
  owner BYTEA NOT NULL,
  entry BYTEA NOT NULL,
  category TEXT NOT NULL,
  digest BYTEA NOT NULL,
  body BYTEA,
  PRIMARY KEY (owner, entry, category)
);
CREATE TABLE code (
  owner BYTEA NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  dossier BYTEA NOT NULL,
  PRIMARY KEY (owner, dossier, name, value)
);
CREATE INDEX code_value ON code (owner, kind, name, value, dossier);
CREATE TABLE standing (
  owner BYTEA NOT NULL,
  actor BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  relation TEXT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (owner, actor, dossier, relation)
);
CREATE INDEX standing_dossier ON standing (owner, dossier);
CREATE TABLE token (
  owner BYTEA NOT NULL,
  kind TEXT NOT NULL,
  hmac BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  PRIMARY KEY (owner, kind, hmac, dossier)
);
CREATE INDEX token_dossier ON token (owner, dossier);
CREATE TABLE read_entry (
  owner BYTEA NOT NULL,
  id BYTEA NOT NULL,
  actor BYTEA NOT NULL,
  purpose TEXT NOT NULL,
  at BIGINT NOT NULL,
  what TEXT NOT NULL,
  salt BYTEA NOT NULL,
  PRIMARY KEY (owner, id)
);
CREATE TABLE read_of (
  owner BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  read BYTEA NOT NULL,
  PRIMARY KEY (owner, dossier, read)
);
CREATE TABLE summary (
  owner BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  category TEXT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (owner, dossier, category)
);

-- +goose Down
DROP TABLE summary;
DROP TABLE read_of;
DROP TABLE read_entry;
DROP TABLE token;
DROP TABLE standing;
DROP TABLE code;
DROP TABLE part;
DROP TABLE entry;
DROP TABLE dossier;
