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
  UPDATE (title, expires_at, deleted_at), DELETE ON public_keys TO gerve_keylookup;
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
GRANT SELECT, INSERT (account_id, algorithm, bits, key_blob, fingerprint, title, created_at, expires_at),
  UPDATE (title, expires_at, revoked_at, revoked_reason, revoked_by, deleted_at), DELETE ON public_keys TO gerve_operator;
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

-- Triggers: what these users must not do although they have the right. They run with the rights of the administrator who
-- runs this file, whose user must stay. They apply by the names of the users, and so neither to replication nor to a
-- restore. On a server that writes a binary log, to create a trigger takes SUPER or log_bin_trust_function_creators = ON.
DELIMITER //

-- A session may set insert_id without a right, and use up the ids of a table with one row. A name that ends in a space
-- equals the name without it.
DROP TRIGGER IF EXISTS access_log_insert//
CREATE TRIGGER access_log_insert BEFORE INSERT ON access_log FOR EACH ROW
IF USER() REGEXP '^gerve_gate@' AND (@@insert_id <> 0 OR NEW.gate LIKE '% ' OR NEW.ended_by LIKE '% ') THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'gerve: insert_id and names that end in a space are not allowed';
END IF//

DROP TRIGGER IF EXISTS public_keys_insert//
CREATE TRIGGER public_keys_insert BEFORE INSERT ON public_keys FOR EACH ROW
IF USER() REGEXP '^gerve_(keylookup|operator)@' AND @@insert_id <> 0 THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'gerve: insert_id is not allowed';
END IF//

DROP TRIGGER IF EXISTS grant_changes_insert//
CREATE TRIGGER grant_changes_insert BEFORE INSERT ON grant_changes FOR EACH ROW
IF USER() REGEXP '^gerve_(keylookup|operator|prune)@' AND @@insert_id <> 0 THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'gerve: insert_id is not allowed';
END IF//

-- A revoked key stays, and stays revoked.
DROP TRIGGER IF EXISTS public_keys_update//
CREATE TRIGGER public_keys_update BEFORE UPDATE ON public_keys FOR EACH ROW
IF USER() REGEXP '^gerve_operator@' AND OLD.revoked_at IS NOT NULL AND NOT NEW.revoked_at <=> OLD.revoked_at THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'gerve: a revocation cannot be undone';
END IF//

DROP TRIGGER IF EXISTS public_keys_delete//
CREATE TRIGGER public_keys_delete BEFORE DELETE ON public_keys FOR EACH ROW
IF USER() REGEXP '^gerve_(keylookup|operator)@' AND OLD.revoked_at IS NOT NULL THEN
  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'gerve: a revoked key cannot be removed';
END IF//

-- Each removal of records has an entry in the history of changes that is at most a minute older. The command makes it;
-- for anybody else, this does.
DROP TRIGGER IF EXISTS access_log_chains_update//
CREATE TRIGGER access_log_chains_update AFTER UPDATE ON access_log_chains FOR EACH ROW
IF NOT (NEW.anchor_position = OLD.anchor_position AND NEW.anchor_hash = OLD.anchor_hash)
  AND NOT EXISTS (SELECT 1 FROM grant_changes WHERE kind = 'access_log_pruned'
    AND changed_at BETWEEN UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE AND UTC_TIMESTAMP(6)) THEN
  INSERT INTO grant_changes (changed_at, actor, program, kind, after_value)
  VALUES (UTC_TIMESTAMP(6), USER(), 'database', 'access_log_pruned',
    CONCAT('records of ', NEW.gate, ' up to ', NEW.anchor_position));
END IF//

DELIMITER ;
