package io.gerve.testbed.benchmark;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Generated site of a hundred thousand accounts and a million repositories. MariaDB generates the rows from its
 * sequence tables, which takes minutes instead of hours. One organization, {@code o1}, has half of all users and a
 * tenth of all repositories.
 */
final class BigSite {
    private static final int USERS = 99_000;
    private static final int ORGANIZATIONS = 1_000;
    private static final int REPOSITORIES = 1_000_000;
    private static final int TEAMS_EACH = 10;
    private static final int CHANGES = 1_000_000;

    private final String url;
    private final String user;
    private final String password;
    private final long keys;

    /**
     * @param url the URL of a migrated MariaDB database
     * @param keys the number of keys, user keys and deploy keys together
     */
    BigSite(String url, String user, String password, long keys) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.keys = keys;
    }

    void fill() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute("SET GLOBAL innodb_buffer_pool_size = 2147483648");
            // With the few megabytes of a test server's log, every page would be written many times.
            statement.execute("SET GLOBAL innodb_log_file_size = 1073741824");
            statement.execute("SET foreign_key_checks = 0, unique_checks = 0");
            for (String sql : statements()) {
                long start = System.nanoTime();
                statement.execute(sql);
                System.out.printf(
                        "%6.1f s  %,11d rows  %s%n",
                        (System.nanoTime() - start) / 1e9,
                        Math.max(0, statement.getUpdateCount()),
                        sql.strip().lines().findFirst().orElse(""));
            }
        }
    }

    private List<String> statements() {
        return List.of(
                """
                INSERT INTO accounts (id, login, kind, base_permission, suspended_at, suspended_reason, created_at)
                SELECT seq, CONCAT('u', seq), 'user', 'none', IF(seq %% 200 = 0, '2026-01-01', NULL),
                  IF(seq %% 200 = 0, 'Left', NULL), '2020-01-01'
                FROM seq_1_to_%d""".formatted(USERS),
                """
                INSERT INTO accounts (id, login, kind, base_permission, created_at)
                SELECT %d + seq, CONCAT('o', seq), 'organization', IF(seq = 1, 'read', 'none'), '2020-01-01'
                FROM seq_1_to_%d""".formatted(USERS, ORGANIZATIONS),
                """
                INSERT INTO file_servers (name, created_at) SELECT CONCAT('fs', seq), '2020-01-01' FROM seq_1_to_8""",
                """
                INSERT INTO routes (owner_id, server)
                SELECT seq, CONCAT('fs', 1 + seq %% 8) FROM seq_1_to_%d""".formatted(USERS + ORGANIZATIONS),
                """
                INSERT INTO organization_members (organization_id, account_id, role)
                SELECT %1$d + 1, seq, IF(seq %% 9999 = 0, 'owner', 'member') FROM seq_1_to_%2$d""".formatted(USERS, USERS / 2),
                """
                INSERT IGNORE INTO organization_members (organization_id, account_id, role)
                SELECT %1$d + 2 + (seq * 7) %% %2$d, seq, IF(seq %% 50 = 0, 'owner', 'member') FROM seq_1_to_%1$d""".formatted(USERS, ORGANIZATIONS - 1),
                """
                INSERT INTO teams (id, organization_id, parent_id, slug, created_at)
                SELECT seq, %1$d + 1 + (seq - 1) DIV %2$d, IF((seq - 1) %% %2$d = 0, NULL, ((seq - 1) DIV %2$d) * %2$d + 1),
                  CONCAT('t', (seq - 1) %% %2$d), '2020-01-01'
                FROM seq_1_to_%3$d""".formatted(USERS, TEAMS_EACH, ORGANIZATIONS * TEAMS_EACH),
                """
                INSERT INTO team_members (team_id, account_id)
                SELECT (organization_id - %1$d - 1) * %2$d + 1 + account_id %% %2$d, account_id
                FROM organization_members""".formatted(USERS, TEAMS_EACH),
                """
                INSERT INTO repositories (id, owner_id, name, visibility, state, created_at)
                SELECT seq,
                  CASE WHEN seq %% 10 = 0 THEN %1$d + 1 WHEN seq %% 2 = 0 THEN %1$d + 2 + seq %% %2$d
                    ELSE 1 + (seq * 17) %% %1$d END,
                  CONCAT('r', seq), IF(seq %% 5 = 0, 'public', 'private'), IF(seq %% 50 = 0, 'archived', 'active'), '2021-01-01'
                FROM seq_1_to_%3$d""".formatted(USERS, ORGANIZATIONS - 1, REPOSITORIES),
                """
                INSERT IGNORE INTO collaborators (repository_id, account_id, role)
                SELECT 1 + seq DIV 2, 1 + (seq * 31) %% %1$d, ELT(1 + seq %% 3, 'read', 'write', 'admin')
                FROM seq_1_to_%2$d""".formatted(USERS, 2 * REPOSITORIES - 2),
                """
                INSERT INTO team_repositories (team_id, repository_id, role)
                SELECT (owner_id - %1$d - 1) * %2$d + 1 + id %% %2$d, id, IF(id %% 3 = 0, 'write', 'read')
                FROM repositories WHERE owner_id > %1$d""".formatted(USERS, TEAMS_EACH),
                """
                ALTER TABLE public_keys DROP INDEX public_keys_fingerprint, DROP INDEX public_keys_last_used,
                  DROP INDEX public_keys_expiry, DROP FOREIGN KEY public_keys_account, DROP INDEX public_keys_of_account""",
                """
                INSERT INTO public_keys (id, account_id, algorithm, bits, key_blob, fingerprint, title, created_at, expires_at,
                  last_used_at, revoked_at, revoked_reason, revoked_by)
                SELECT seq, IF(seq %% 50 = 0, NULL, 1 + seq %% %1$d), 'ssh-ed25519', 256, REPEAT(CHAR(seq %% 256), 51),
                  UNHEX(SHA2(seq, 256)), CONCAT('key ', seq), '2021-01-01',
                  IF(seq %% 10 = 0, '2026-01-01' + INTERVAL (seq * 7919 %% 700) DAY, NULL),
                  IF(seq %% 20 = 0, NULL, '2023-06-01' + INTERVAL (CONV(LEFT(MD5(seq), 8), 16, 10) %% 94608000) SECOND),
                  IF(seq %% 100 = 1, '2024-01-01', NULL), IF(seq %% 100 = 1, 'Lost', NULL), IF(seq %% 100 = 1, 'root', NULL)
                FROM seq_1_to_%2$d""".formatted(USERS, keys),
                """
                ALTER TABLE public_keys ADD UNIQUE INDEX public_keys_fingerprint (fingerprint),
                  ADD INDEX public_keys_last_used (last_used_at, id), ADD INDEX public_keys_expiry (expires_at, id),
                  ADD INDEX public_keys_of_account (account_id, id)""",
                """
                INSERT INTO deploy_key_repositories (key_id, repository_id, read_only)
                SELECT seq * 50, 1 + seq * 13 %% %d, seq %% 2 FROM seq_1_to_%d""".formatted(REPOSITORIES, keys / 50),
                """
                INSERT INTO grant_changes (changed_at, actor, program, kind, account_id, repository_id, before_value, after_value)
                SELECT UTC_TIMESTAMP(6) - INTERVAL (%1$d - seq) * 31 SECOND, 'root', 'cli', 'collaborator', 1 + (seq * 31) %% %2$d,
                  1 + seq DIV 2, IF(seq %% 2 = 0, '', 'read'), ELT(1 + seq %% 3, 'read', 'write', 'admin')
                FROM seq_1_to_%1$d""".formatted(CHANGES, USERS),
                "ANALYZE TABLE accounts, repositories, collaborators, public_keys, organization_members, team_members,"
                        + " team_repositories, deploy_key_repositories, grant_changes");
    }
}
