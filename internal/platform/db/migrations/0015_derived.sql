-- +goose Up
-- Which way of deriving clear columns an owner's dossiers of a kind have: where the program knows a later one, it derives
-- them anew when the office opens.
CREATE TABLE derived (
  owner BYTEA NOT NULL,
  kind TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (owner, kind)
);

-- +goose Down
DROP TABLE derived;
