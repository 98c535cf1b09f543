-- +goose Up
-- By which key a message that waits was signed and to which it was sealed (hashes of what the cards say), and of one that takes
-- something back the signed bytes, sealed under the owner's key: keys may change while it waits.
ALTER TABLE post_out ADD COLUMN signer BYTEA;
ALTER TABLE post_out ADD COLUMN recipient BYTEA;
ALTER TABLE post_out ADD COLUMN copy BYTEA;

-- +goose Down
ALTER TABLE post_out DROP COLUMN copy;
ALTER TABLE post_out DROP COLUMN recipient;
ALTER TABLE post_out DROP COLUMN signer;
