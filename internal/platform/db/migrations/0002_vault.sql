-- +goose Up
CREATE TABLE vault_key (
  owner BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  category TEXT NOT NULL,
  id BYTEA NOT NULL,      -- of this key: what an erasure names, so that a restored copy is known again
  root BYTEA NOT NULL,    -- which root wraps it; changes on rotation
  wrapped BYTEA NOT NULL,
  PRIMARY KEY (owner, dossier, category)
);
CREATE TABLE vault_erasure (
  owner BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  category TEXT NOT NULL,
  id BYTEA NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (owner, dossier, category, id)
);
CREATE INDEX vault_erasure_at ON vault_erasure (owner, at);

-- +goose Down
DROP TABLE vault_erasure;
DROP TABLE vault_key;
