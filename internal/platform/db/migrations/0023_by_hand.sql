-- +goose Up
-- Messages that a person brought in from a file, whose receipts a person takes back: how often each was taken along.
CREATE TABLE post_by_hand (
  owner BYTEA NOT NULL,
  partner BYTEA NOT NULL,
  message BYTEA NOT NULL,
  times BIGINT NOT NULL,
  PRIMARY KEY (owner, partner, message)
);

-- +goose Down
DROP TABLE post_by_hand;
