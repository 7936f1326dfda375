-- The rights of Gerve's database users: what the statements of each program need, and nothing else. Run this as the
-- database's administrator in Gerve's database, after each gerve migrate:
--
--   mariadb gerve < /opt/gerve/share/database-rights.sql
--
-- The users must exist. What is granted already stays as it is. To admit a user from some addresses only, create it as
-- gerve_gate@'10.0.0.%' and write that in this file too.
--
-- INSERT on the logs and on keys names the columns. Without the id, nobody can use up a table's ids, after which each
-- further INSERT would fail.

-- gerve_gate: gerve-frontend and gerve agent. A gate adds records to the access log and moves the head of its chain. It
-- cannot change or remove a record, nor move the beginning of a chain.
GRANT SELECT ON flyway_schema_history TO gerve_gate;
GRANT SELECT ON site TO gerve_gate;
GRANT SELECT ON accounts TO gerve_gate;
GRANT SELECT ON organization_members TO gerve_gate;
GRANT SELECT ON teams TO gerve_gate;
GRANT SELECT ON team_members TO gerve_gate;
GRANT SELECT ON repositories TO gerve_gate;
GRANT SELECT ON repository_redirects TO gerve_gate;
GRANT SELECT ON collaborators TO gerve_gate;
GRANT SELECT ON team_repositories TO gerve_gate;
GRANT SELECT ON deploy_key_repositories TO gerve_gate;
GRANT SELECT ON file_servers TO gerve_gate;
GRANT SELECT ON file_server_hosts TO gerve_gate;
GRANT SELECT ON routes TO gerve_gate;
GRANT SELECT, UPDATE (last_used_at) ON public_keys TO gerve_gate;
GRANT SELECT, INSERT (gate, position, previous_hash, record_hash, request_id, occurred_at, frontend, client_address,
  key_fingerprint, key_id, account_id, principal, command, repository, repository_id, exec_line, decision, rule, message,
  server, host, bytes_in, bytes_out, duration_ms, exit_status, ended_by, refs_source, refs, refs_omitted)
  ON access_log TO gerve_gate;
-- INSERT names columns, because MariaDB 11.4 lets INSERT … ON DUPLICATE KEY UPDATE set any column otherwise.
GRANT SELECT, INSERT (gate, head_position, head_hash), UPDATE (head_position, head_hash) ON access_log_chains TO gerve_gate;

-- A gate reports its settings, for gerve doctor. All gates have the same rights, so a report proves nothing.
GRANT SELECT, INSERT (gate, program, account, config_file, started_at, clock, seen_at, refused_proxy_headers, settings),
  UPDATE (account, config_file, started_at, clock, seen_at, refused_proxy_headers, settings)
  ON gate_reports TO gerve_gate;

-- gerve_keylookup: gerve-keylookup, which manages keys and asks the gate's rules who may.
GRANT SELECT ON flyway_schema_history TO gerve_keylookup;
GRANT SELECT ON site TO gerve_keylookup;
GRANT SELECT ON accounts TO gerve_keylookup;
GRANT SELECT ON organization_members TO gerve_keylookup;
GRANT SELECT ON teams TO gerve_keylookup;
GRANT SELECT ON team_members TO gerve_keylookup;
GRANT SELECT ON repositories TO gerve_keylookup;
GRANT SELECT ON repository_redirects TO gerve_keylookup;
GRANT SELECT ON collaborators TO gerve_keylookup;
GRANT SELECT ON team_repositories TO gerve_keylookup;
GRANT SELECT, INSERT (account_id, algorithm, bits, key_blob, fingerprint, title, created_at, expires_at),
  UPDATE (title, deleted_at), DELETE ON public_keys TO gerve_keylookup;
GRANT SELECT, INSERT, DELETE ON deploy_key_repositories TO gerve_keylookup;
GRANT SELECT, UPDATE (last_used_at) ON access_tokens TO gerve_keylookup;
GRANT SELECT, INSERT, UPDATE (seen_at, notice), DELETE ON web_sessions TO gerve_keylookup;
GRANT SELECT, INSERT (changed_at, actor, program, kind, account_id, repository_id, key_id, before_value, after_value)
  ON grant_changes TO gerve_keylookup;

-- gerve_operator: the commands of gerve, except migrate, agent and audit log prune. It reads the access log, and adds to
-- the history of changes.
GRANT SELECT ON flyway_schema_history TO gerve_operator;
GRANT SELECT, UPDATE ON site TO gerve_operator;
GRANT SELECT, INSERT, UPDATE ON accounts TO gerve_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON organization_members TO gerve_operator;
GRANT SELECT, INSERT, UPDATE ON teams TO gerve_operator;
GRANT SELECT, INSERT, DELETE ON team_members TO gerve_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON repositories TO gerve_operator;
GRANT SELECT, INSERT, DELETE ON repository_redirects TO gerve_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON collaborators TO gerve_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON team_repositories TO gerve_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON public_keys TO gerve_operator;
GRANT SELECT, INSERT, DELETE ON deploy_key_repositories TO gerve_operator;
GRANT SELECT, INSERT, UPDATE (revoked_at) ON access_tokens TO gerve_operator;
GRANT SELECT, INSERT, DELETE ON file_servers TO gerve_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON file_server_hosts TO gerve_operator;
GRANT SELECT, INSERT, UPDATE ON routes TO gerve_operator;
GRANT SELECT, INSERT (changed_at, actor, program, kind, account_id, repository_id, team_id, key_id, organization_id,
  before_value, after_value) ON grant_changes TO gerve_operator;
GRANT SELECT ON access_log TO gerve_operator;
GRANT SELECT ON access_log_chains TO gerve_operator;
GRANT SELECT ON gate_reports TO gerve_operator;

-- gerve_prune: gerve audit log prune. It removes records without reading them, and moves the beginning of a chain.
GRANT SELECT (gate, position, record_hash, occurred_at), DELETE ON access_log TO gerve_prune;
GRANT SELECT, UPDATE (anchor_position, anchor_hash) ON access_log_chains TO gerve_prune;
GRANT INSERT (changed_at, actor, program, kind, after_value) ON grant_changes TO gerve_prune;
