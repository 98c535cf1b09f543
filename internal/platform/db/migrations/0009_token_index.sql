-- +goose Up
-- Nothing asks for the tokens of one dossier: a write takes out what it knows, by the whole key. The index was half the
-- work and half the room of the largest table.
DROP INDEX token_dossier;

-- +goose Down
CREATE INDEX token_dossier ON token (owner, dossier);
