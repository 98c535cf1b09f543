-- +goose Up
-- Joint releases: what an office must keep to itself until all is added up, sealed, and destroyed then. Of its own office the
-- share that it kept; of another, the seed of the share that it was dealt.
CREATE TABLE joint_secret (
  owner BYTEA NOT NULL,
  joint BYTEA NOT NULL,
  office BYTEA NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY (owner, joint, office)
);

-- +goose Down
DROP TABLE joint_secret;
