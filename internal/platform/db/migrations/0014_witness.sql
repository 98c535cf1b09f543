-- +goose Up
-- What an owner's witnesses keep of its log: the fixed time for which a checkpoint was last sent, the size that the witness
-- said it keeps, and the latest checkpoint with its cosignature.
CREATE TABLE ledger_witness (
  owner BYTEA NOT NULL,
  witness BYTEA NOT NULL,
  slot BIGINT NOT NULL,
  kept BIGINT NOT NULL,
  at BIGINT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (owner, witness)
);

-- +goose Down
DROP TABLE ledger_witness;
