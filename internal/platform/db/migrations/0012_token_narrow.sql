-- +goose Up
-- A person's file has some twenty-five tokens, each at a place of its own in this table's order: how wide a row is and in
-- how many trees it lies decides what opening a file costs. A token's first eight bytes tell tokens apart, its kind is in
-- the key that it was blinded under, and SQLite keeps the rows in the primary key itself (see dialect.go).
CREATE TABLE token_narrow (
  owner BYTEA NOT NULL,
  hmac BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  PRIMARY KEY (owner, hmac, dossier)
) /* WITHOUT ROWID */;
INSERT INTO token_narrow (owner, hmac, dossier)
  SELECT DISTINCT owner, substr(hmac, 1, 8), dossier FROM token ORDER BY 1, 2, 3;
DROP TABLE token;
ALTER TABLE token_narrow RENAME TO token;

-- +goose Down
-- The way back finds nobody until the tokens are derived anew: what was cut off cannot be made from what is left.
CREATE TABLE token_wide (
  owner BYTEA NOT NULL,
  kind TEXT NOT NULL,
  hmac BYTEA NOT NULL,
  dossier BYTEA NOT NULL,
  PRIMARY KEY (owner, kind, hmac, dossier)
);
INSERT INTO token_wide (owner, kind, hmac, dossier)
  SELECT owner, '', hmac, dossier FROM token;
DROP TABLE token;
ALTER TABLE token_wide RENAME TO token;
