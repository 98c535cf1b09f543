-- +goose Up
CREATE TABLE vault_key (
  owner BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  category TEXT NOT NULL,
  wrapped BYTEA NOT NULL,
  PRIMARY KEY (owner, dossier, category)
);
CREATE TABLE vault_erasure (
  owner BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  category TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (owner, dossier, category)
);

-- +goose Down
DROP TABLE vault_erasure;
DROP TABLE vault_key;
