-- The schema, in the SQL that MariaDB 10.6 and MySQL 8.0.16 share.
-- Names that users type (logins, repository names, slugs) compare without case. Digests and key blobs are binary.
-- Times are UTC, with microseconds.

CREATE TABLE accounts (
  id BIGINT NOT NULL AUTO_INCREMENT,
  login VARCHAR(39) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  kind VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  base_permission VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'none',
  suspended_at DATETIME(6) NULL,
  suspended_reason VARCHAR(255) NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT accounts_kind CHECK (kind IN ('user', 'organization')),
  CONSTRAINT accounts_base_permission CHECK (base_permission IN ('none', 'read', 'write', 'admin'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE UNIQUE INDEX accounts_login ON accounts (login);

CREATE TABLE organization_members (
  organization_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  role VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (organization_id, account_id),
  CONSTRAINT organization_members_role CHECK (role IN ('member', 'owner')),
  CONSTRAINT organization_members_organization FOREIGN KEY (organization_id) REFERENCES accounts (id),
  CONSTRAINT organization_members_account FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE INDEX organization_members_of_account ON organization_members (account_id, organization_id);

CREATE TABLE teams (
  id BIGINT NOT NULL AUTO_INCREMENT,
  organization_id BIGINT NOT NULL,
  parent_id BIGINT NULL,
  slug VARCHAR(100) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT teams_organization FOREIGN KEY (organization_id) REFERENCES accounts (id),
  CONSTRAINT teams_parent FOREIGN KEY (parent_id) REFERENCES teams (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE UNIQUE INDEX teams_slug ON teams (organization_id, slug);

CREATE TABLE team_members (
  team_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  PRIMARY KEY (team_id, account_id),
  CONSTRAINT team_members_team FOREIGN KEY (team_id) REFERENCES teams (id),
  CONSTRAINT team_members_account FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE INDEX team_members_of_account ON team_members (account_id, team_id);

CREATE TABLE repositories (
  id BIGINT NOT NULL AUTO_INCREMENT,
  owner_id BIGINT NOT NULL,
  name VARCHAR(100) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  visibility VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'active',
  state_reason VARCHAR(255) NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT repositories_visibility CHECK (visibility IN ('public', 'private')),
  CONSTRAINT repositories_state CHECK (state IN ('active', 'archived', 'locked', 'disabled')),
  CONSTRAINT repositories_owner FOREIGN KEY (owner_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE UNIQUE INDEX repositories_owner_name ON repositories (owner_id, name);
CREATE INDEX repositories_of_owner ON repositories (owner_id, id);
CREATE INDEX repositories_visibility ON repositories (visibility, id);

CREATE TABLE repository_redirects (
  owner_login VARCHAR(39) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  name VARCHAR(100) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  repository_id BIGINT NOT NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (owner_login, name),
  CONSTRAINT repository_redirects_repository FOREIGN KEY (repository_id) REFERENCES repositories (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE INDEX repository_redirects_to ON repository_redirects (repository_id);

CREATE TABLE collaborators (
  repository_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  role VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (repository_id, account_id),
  CONSTRAINT collaborators_role CHECK (role IN ('read', 'triage', 'write', 'maintain', 'admin')),
  CONSTRAINT collaborators_repository FOREIGN KEY (repository_id) REFERENCES repositories (id),
  CONSTRAINT collaborators_account FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE INDEX collaborators_of_account ON collaborators (account_id, repository_id);

CREATE TABLE team_repositories (
  team_id BIGINT NOT NULL,
  repository_id BIGINT NOT NULL,
  role VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (repository_id, team_id),
  CONSTRAINT team_repositories_role CHECK (role IN ('read', 'triage', 'write', 'maintain', 'admin')),
  CONSTRAINT team_repositories_team FOREIGN KEY (team_id) REFERENCES teams (id),
  CONSTRAINT team_repositories_repository FOREIGN KEY (repository_id) REFERENCES repositories (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE INDEX team_repositories_of_team ON team_repositories (team_id, repository_id);

-- account_id is NULL for a deploy key, whose repositories are in deploy_key_repositories.
-- A deleted key keeps its row (deleted_at) so that its blob stays reserved. A deleted key is unknown at login.
CREATE TABLE public_keys (
  id BIGINT NOT NULL AUTO_INCREMENT,
  account_id BIGINT NULL,
  algorithm VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  bits INT NOT NULL,
  key_blob VARBINARY(8192) NOT NULL,
  fingerprint BINARY(32) NOT NULL,
  title VARCHAR(255) NOT NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NULL,
  last_used_at DATETIME(6) NULL,
  revoked_at DATETIME(6) NULL,
  revoked_reason VARCHAR(255) NULL,
  revoked_by VARCHAR(255) NULL,
  deleted_at DATETIME(6) NULL,
  PRIMARY KEY (id),
  CONSTRAINT public_keys_account FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE UNIQUE INDEX public_keys_fingerprint ON public_keys (fingerprint);
CREATE INDEX public_keys_of_account ON public_keys (account_id, id);
CREATE INDEX public_keys_last_used ON public_keys (last_used_at, id);
CREATE INDEX public_keys_expiry ON public_keys (expires_at, id);

CREATE TABLE deploy_key_repositories (
  key_id BIGINT NOT NULL,
  repository_id BIGINT NOT NULL,
  read_only BOOLEAN NOT NULL,
  PRIMARY KEY (key_id, repository_id),
  CONSTRAINT deploy_key_repositories_key FOREIGN KEY (key_id) REFERENCES public_keys (id),
  CONSTRAINT deploy_key_repositories_repository FOREIGN KEY (repository_id) REFERENCES repositories (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE INDEX deploy_key_repositories_of_repository ON deploy_key_repositories (repository_id, key_id);

CREATE TABLE access_tokens (
  id BIGINT NOT NULL AUTO_INCREMENT,
  account_id BIGINT NULL,
  token_sha256 BINARY(32) NOT NULL,
  title VARCHAR(255) NOT NULL,
  scopes VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NULL,
  last_used_at DATETIME(6) NULL,
  revoked_at DATETIME(6) NULL,
  PRIMARY KEY (id),
  CONSTRAINT access_tokens_account FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE UNIQUE INDEX access_tokens_hash ON access_tokens (token_sha256);
CREATE INDEX access_tokens_of_account ON access_tokens (account_id, id);

-- Sessions of the settings page, by the hash of the secret in the browser's cookie. A session ends with its token.
-- notice is the message about the last change that the next page shows.
CREATE TABLE web_sessions (
  secret_sha256 BINARY(32) NOT NULL,
  token_id BIGINT NOT NULL,
  created_at DATETIME(6) NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  notice VARCHAR(1000) NULL,
  PRIMARY KEY (secret_sha256),
  CONSTRAINT web_sessions_token FOREIGN KEY (token_id) REFERENCES access_tokens (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE INDEX web_sessions_of_token ON web_sessions (token_id, created_at);
CREATE INDEX web_sessions_created ON web_sessions (created_at);

CREATE TABLE file_servers (
  name VARCHAR(63) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  created_at DATETIME(6) NOT NULL,
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;

-- position 0 is the active host. The others are standbys, in the order of failover.
CREATE TABLE file_server_hosts (
  server VARCHAR(63) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  name VARCHAR(63) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  position INT NOT NULL,
  address VARCHAR(253) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  port INT NOT NULL,
  host_key VARCHAR(8192) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (server, name),
  CONSTRAINT file_server_hosts_server FOREIGN KEY (server) REFERENCES file_servers (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;

CREATE TABLE routes (
  owner_id BIGINT NOT NULL,
  server VARCHAR(63) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  PRIMARY KEY (owner_id),
  CONSTRAINT routes_owner FOREIGN KEY (owner_id) REFERENCES accounts (id),
  CONSTRAINT routes_server FOREIGN KEY (server) REFERENCES file_servers (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE INDEX routes_of_server ON routes (server, owner_id);

-- A single row with settings of the site. read_only_reason is NULL while pushes are accepted. route_generation gets a
-- new random value with each change of a route or a file server. Routes in Redis are valid only while Redis has the
-- same value.
CREATE TABLE site (
  id INT NOT NULL,
  read_only_reason VARCHAR(255) NULL,
  route_generation VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
INSERT INTO site (id, read_only_reason, route_generation) VALUES (1, NULL, '');

-- Changes to access rights, routes and file servers, one row for each fact that changed. The state at an earlier time
-- follows from the current state by undoing the later rows, newest first. before_value and after_value are the values
-- of the fact; NULL means that the fact did not exist.
CREATE TABLE grant_changes (
  id BIGINT NOT NULL AUTO_INCREMENT,
  changed_at DATETIME(6) NOT NULL,
  actor VARCHAR(255) NOT NULL,
  program VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account_id BIGINT NULL,
  repository_id BIGINT NULL,
  team_id BIGINT NULL,
  key_id BIGINT NULL,
  organization_id BIGINT NULL,
  before_value VARCHAR(500) NULL,
  after_value VARCHAR(500) NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE INDEX grant_changes_time ON grant_changes (changed_at, id);
CREATE INDEX grant_changes_of_account ON grant_changes (account_id, id);
CREATE INDEX grant_changes_of_repository ON grant_changes (repository_id, id);
CREATE INDEX grant_changes_of_team ON grant_changes (team_id, id);
CREATE INDEX grant_changes_of_key ON grant_changes (key_id, id);
CREATE INDEX grant_changes_of_organization ON grant_changes (organization_id, id);
CREATE INDEX grant_changes_of_kind ON grant_changes (kind, changed_at, id);
-- For changes of one kind to one object, in the order of the other object that they concern.
CREATE INDEX grant_changes_of_account_kind ON grant_changes (account_id, kind, repository_id);
CREATE INDEX grant_changes_of_repository_kind ON grant_changes (repository_id, kind, account_id);
CREATE INDEX grant_changes_of_team_kind ON grant_changes (team_id, kind, repository_id);
CREATE INDEX grant_changes_of_organization_kind ON grant_changes (organization_id, kind, account_id);
-- For earlier owners of a name.
CREATE INDEX grant_changes_before ON grant_changes (kind, before_value);

-- One row for each request that a gate answered, including refused ones, and for refused logins. A refused login has
-- the command login; its key_fingerprint is NULL if the client offered no key, and its client_address is empty if the
-- row counts the logins of several clients. The rows of one gate are a hash chain in the order of position: record_hash
-- is the SHA-256 of previous_hash and the content of the row, and previous_hash is the record_hash of the row before.
-- Text from clients is truncated and escaped before it is stored. principal, repository, rule and message are those of
-- the time of the request.
CREATE TABLE access_log (
  id BIGINT NOT NULL AUTO_INCREMENT,
  gate VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position BIGINT NOT NULL,
  previous_hash BINARY(32) NOT NULL,
  record_hash BINARY(32) NOT NULL,
  request_id VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  occurred_at DATETIME(6) NOT NULL,
  frontend VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  client_address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  key_fingerprint BINARY(32) NULL,
  key_id BIGINT NULL,
  account_id BIGINT NULL,
  principal VARCHAR(140) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  command VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  repository VARCHAR(140) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
  repository_id BIGINT NULL,
  exec_line VARCHAR(255) NOT NULL,
  decision VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rule VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  message VARCHAR(255) NOT NULL,
  server VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  host VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  bytes_in BIGINT NOT NULL,
  bytes_out BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  exit_status VARCHAR(90) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ended_by VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  refs_source VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  refs MEDIUMTEXT NOT NULL,
  refs_omitted INT NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT access_log_decision CHECK (decision IN ('allowed', 'denied', 'greeted', 'answered', 'limited', 'unavailable', 'failed', 'unfinished'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
CREATE UNIQUE INDEX access_log_request ON access_log (request_id);
CREATE UNIQUE INDEX access_log_chain ON access_log (gate, position);
CREATE INDEX access_log_time ON access_log (occurred_at, id);
CREATE INDEX access_log_of_account ON access_log (account_id, occurred_at, id);
CREATE INDEX access_log_of_key ON access_log (key_fingerprint, occurred_at, id);
CREATE INDEX access_log_of_repository ON access_log (repository, occurred_at, id);
CREATE INDEX access_log_of_address ON access_log (client_address, occurred_at, id);
CREATE INDEX access_log_of_command ON access_log (command, occurred_at, id);
CREATE INDEX access_log_of_decision ON access_log (decision, occurred_at, id);

-- Begin and end of each gate's chain. The anchor is the last row that was pruned (position 0 and zeros if none was);
-- the head is the newest row. A writer locks the row of its gate here, so that the chain does not fork.
CREATE TABLE access_log_chains (
  gate VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  anchor_position BIGINT NOT NULL,
  anchor_hash BINARY(32) NOT NULL,
  head_position BIGINT NOT NULL,
  head_hash BINARY(32) NOT NULL,
  PRIMARY KEY (gate)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
