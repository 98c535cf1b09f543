-- +goose Up
-- Accounts of an office. Login, name, password hash and authenticator secret are sealed under the owner's key.
CREATE TABLE identity_account (
  owner BYTEA NOT NULL,
  id BYTEA NOT NULL,
  state TEXT NOT NULL,
  login BYTEA NOT NULL,
  name BYTEA NOT NULL,
  password BYTEA NOT NULL,
  factor BYTEA NOT NULL,
  step BIGINT NOT NULL,
  zone TEXT NOT NULL,
  language TEXT NOT NULL,
  founder BIGINT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (owner, id)
);
-- A login is unique per host, whoever the owner: the one key here that cannot start with the owner,
-- because signing in is how the owner becomes known. The token is an HMAC under the host's key.
CREATE TABLE identity_login (
  token BYTEA NOT NULL,
  owner BYTEA NOT NULL,
  account BYTEA NOT NULL,
  PRIMARY KEY (token)
);
CREATE INDEX identity_login_account ON identity_login (owner, account);
CREATE TABLE identity_grant (
  owner BYTEA NOT NULL,
  id BYTEA NOT NULL,
  account BYTEA NOT NULL,
  role TEXT NOT NULL,
  state TEXT NOT NULL,
  proposer BYTEA NOT NULL,
  proposed BIGINT NOT NULL,
  decider BYTEA NOT NULL,
  decided BIGINT NOT NULL,
  PRIMARY KEY (owner, id)
);
CREATE INDEX identity_grant_account ON identity_grant (owner, account, state);
CREATE INDEX identity_grant_state ON identity_grant (owner, state);
CREATE TABLE identity_link (
  owner BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  account BYTEA NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (owner, hash)
);
CREATE INDEX identity_link_account ON identity_link (owner, account);
CREATE TABLE identity_recovery (
  owner BYTEA NOT NULL,
  account BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (owner, account, hash)
);
CREATE TABLE identity_session (
  owner BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  id BYTEA NOT NULL,
  account BYTEA NOT NULL,
  stage TEXT NOT NULL,
  device TEXT NOT NULL,
  created BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  idle BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  factor BIGINT NOT NULL,
  PRIMARY KEY (owner, hash)
);
CREATE INDEX identity_session_account ON identity_session (owner, account);
CREATE INDEX identity_session_expires ON identity_session (owner, expires);
CREATE TABLE identity_token (
  owner BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  id BYTEA NOT NULL,
  account BYTEA NOT NULL,
  label BYTEA NOT NULL,
  roles TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (owner, hash)
);
CREATE INDEX identity_token_account ON identity_token (owner, account);
-- Failed attempts by login and by network address, both as HMACs under the host's key; kept whether or
-- not the login exists, so that the lock-out tells nothing. Belongs to the host, not to an owner.
CREATE TABLE identity_backoff (
  kind TEXT NOT NULL,
  hmac BYTEA NOT NULL,
  failures BIGINT NOT NULL,
  until BIGINT NOT NULL,
  touched BIGINT NOT NULL,
  PRIMARY KEY (kind, hmac)
);
CREATE INDEX identity_backoff_touched ON identity_backoff (touched);
-- What happened to accounts, for their history and as leaves of the log: ids and roles only.
CREATE TABLE identity_event (
  owner BYTEA NOT NULL,
  id BYTEA NOT NULL,
  account BYTEA NOT NULL,
  type TEXT NOT NULL,
  actor BYTEA NOT NULL,
  at BIGINT NOT NULL,
  about BYTEA NOT NULL,
  roles TEXT NOT NULL,
  salt BYTEA NOT NULL,
  PRIMARY KEY (owner, id)
);
CREATE INDEX identity_event_account ON identity_event (owner, account, at);

-- +goose Down
DROP TABLE identity_event;
DROP TABLE identity_backoff;
DROP TABLE identity_token;
DROP TABLE identity_session;
DROP TABLE identity_recovery;
DROP TABLE identity_link;
DROP TABLE identity_grant;
DROP TABLE identity_login;
DROP TABLE identity_account;
