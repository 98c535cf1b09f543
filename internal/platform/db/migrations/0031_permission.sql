-- +goose Up
-- Under which handling code a message came or left: that of its header, whatever becomes of the terms later. Empty for those
-- of before.
ALTER TABLE post_in ADD COLUMN handling TEXT NOT NULL DEFAULT '';
ALTER TABLE post_out ADD COLUMN handling TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE post_out DROP COLUMN handling;
ALTER TABLE post_in DROP COLUMN handling;
