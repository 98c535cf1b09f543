-- +goose Up
ALTER TABLE post_out ADD COLUMN expires BIGINT NOT NULL DEFAULT 0;
ALTER TABLE post_out ADD COLUMN terms TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE post_out DROP COLUMN terms;
ALTER TABLE post_out DROP COLUMN expires;
