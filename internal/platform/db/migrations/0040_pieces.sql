-- +goose Up
-- How far files that belong to a message were taken along by hand or through a relay: bytes of all of them, and when all of them
-- were last.
ALTER TABLE post_out ADD COLUMN along BIGINT NOT NULL DEFAULT 0;
ALTER TABLE post_out ADD COLUMN along_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE post_out DROP COLUMN along;
ALTER TABLE post_out DROP COLUMN along_at;
