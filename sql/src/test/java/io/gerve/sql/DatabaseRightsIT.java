package io.gerve.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.jooq.impl.DSL.table;

import io.gerve.sql.testing.RunningMariaDb;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks by somebody who has the password of one of the users of database-rights.sql. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseRightsIT {
    private static final String ZEROS = "REPEAT('0', 32)";
    /** A row for each table whose ids can be used up. */
    private static final Map<String, String> INSERT = Map.of(
            "access_log",
            record("gate", "exit"),
            "public_keys",
            "INSERT INTO public_keys (algorithm, bits, key_blob, fingerprint, title, created_at)"
                    + " VALUES ('ssh-ed25519', 256, '', REPEAT('0', 32), '', NOW(6))",
            "grant_changes",
            "INSERT INTO grant_changes (changed_at, actor, program, kind) VALUES (NOW(6), '', 'gerve', 'key_added')");

    private final DatabaseSettings settings = RunningMariaDb.shared().newMigratedDatabase();

    @BeforeAll
    void grant() {
        RunningMariaDb.shared().grantRights(settings);
    }

    @AfterEach
    void empty() throws SQLException {
        try (var owner = new Database(settings)) {
            for (String table : List.of("access_log", "access_log_chains", "grant_changes", "public_keys")) {
                owner.sql().execute("DELETE FROM " + table);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gerve_gate", "gerve_keylookup", "gerve_operator", "gerve_prune"})
    void noUserChangesARecordOrTheHistoryOfChanges(String user) {
        assertRefused(user, "UPDATE access_log SET decision = 'denied'");
        assertRefused(user, "UPDATE grant_changes SET actor = 'somebody'");
        assertRefused(user, "DELETE FROM grant_changes");
        assertRefused(user, "DELETE FROM access_log_chains");
        assertRefused(user, "DROP TABLE access_log");
        assertRefused(user, "TRUNCATE TABLE access_log");
        assertRefused(user, "ALTER TABLE access_log ADD COLUMN x INT NULL");
        assertRefused(user, "CREATE TABLE x (x INT)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gerve_gate", "gerve_keylookup", "gerve_operator"})
    void onlyThePrunerRemovesRecordsAndMovesTheBeginningOfAChain(String user) {
        assertRefused(user, "DELETE FROM access_log");
        assertRefused(user, "UPDATE access_log_chains SET anchor_position = 9, anchor_hash = " + ZEROS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gerve_keylookup", "gerve_operator", "gerve_prune"})
    void onlyAGateMovesTheHeadOfAChain(String user) {
        assertRefused(user, "UPDATE access_log_chains SET head_position = 9, head_hash = " + ZEROS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gerve_gate | INSERT INTO access_log SELECT * FROM access_log ON DUPLICATE KEY UPDATE rule = ''",
                "gerve_gate | REPLACE INTO access_log SELECT * FROM access_log",
                "gerve_gate | INSERT INTO access_log_chains VALUES ('g', 9, REPEAT('0', 32), 9, REPEAT('0', 32))",
                "gerve_gate | INSERT INTO access_log_chains VALUES ('g', 0, REPEAT('0', 32), 1, REPEAT('0', 32))"
                        + " ON DUPLICATE KEY UPDATE anchor_position = 9",
                "gerve_gate | INSERT INTO access_log_chains SELECT * FROM access_log_chains"
                        + " ON DUPLICATE KEY UPDATE anchor_position = 9",
                "gerve_gate | INSERT INTO access_log_chains (gate, head_position, head_hash) VALUES ('g', 9, '')"
                        + " ON DUPLICATE KEY UPDATE anchor_position = 9",
                "gerve_gate | REPLACE INTO access_log_chains (gate, head_position, head_hash) VALUES ('g', 9, '')",
                "gerve_gate | UPDATE public_keys SET expires_at = NULL",
                "gerve_gate | INSERT INTO collaborators VALUES (1, 1, 'admin')",
                "gerve_gate | UPDATE site SET read_only_reason = NULL",
                "gerve_gate | SELECT token_sha256 FROM access_tokens",
                "gerve_gate | SELECT secret_sha256 FROM web_sessions",
                "gerve_gate | DELETE FROM gate_reports",
                "gerve_operator | UPDATE gate_reports SET settings = ''",
                "gerve_keylookup | SELECT settings FROM gate_reports",
                "gerve_keylookup | SELECT exec_line FROM access_log",
                "gerve_keylookup | UPDATE public_keys SET account_id = 1",
                "gerve_keylookup | UPDATE access_tokens SET scopes = 'repo'",
                "gerve_keylookup | INSERT INTO access_tokens SELECT * FROM access_tokens",
                "gerve_keylookup | INSERT INTO collaborators VALUES (1, 1, 'admin')",
                "gerve_operator | SELECT secret_sha256 FROM web_sessions",
                "gerve_prune | SELECT exec_line FROM access_log",
                "gerve_prune | SELECT login FROM accounts"
            })
    void userHasNoOtherRights(String user, String statement) {
        assertRefused(user, statement);
    }

    /** The attack: to take the last id, so that no further record, key or change of a right can be added. */
    @ParameterizedTest
    @CsvSource({
        "gerve_gate, access_log",
        "gerve_keylookup, public_keys",
        "gerve_operator, public_keys",
        "gerve_keylookup, grant_changes",
        "gerve_operator, grant_changes",
        "gerve_prune, grant_changes"
    })
    void userCannotUseUpTheIdsOfATable(String user, String table) {
        assertRefused(user, "INSERT INTO " + table + " (id) VALUES (9223372036854775807)");
    }

    /** The attack: to give the last id to a row, by a session's variable, which needs no right. */
    @ParameterizedTest
    @CsvSource({
        "gerve_gate, access_log",
        "gerve_keylookup, public_keys",
        "gerve_operator, public_keys",
        "gerve_keylookup, grant_changes",
        "gerve_operator, grant_changes",
        "gerve_prune, grant_changes"
    })
    void userCannotChooseAnIdByAVariableOfTheSession(String user, String table) throws SQLException {
        try (var database = new Database(RunningMariaDb.as(user, settings))) {
            assertThat(database.sql().execute(INSERT.get(table))).isEqualTo(1);
            Throwable refusal = catchThrowable(() -> database.sql().connection(connection -> {
                try (var statement = connection.createStatement()) {
                    statement.execute("SET insert_id = 9223372036854775806");
                    statement.execute(INSERT.get(table));
                }
            }));
            assertThat(refusal).as("%s: %s", user, table).hasStackTraceContaining("insert_id");
        }
    }

    /** The attack: a row that the database takes for one of the gate, and that no program looks for. */
    @ParameterizedTest
    @CsvSource({"'gate ', exit", "gate, 'exit '"})
    void recordCannotHaveANameThatEndsInASpace(String gate, String endedBy) throws SQLException {
        try (var database = new Database(RunningMariaDb.as("gerve_gate", settings))) {
            Throwable refusal = catchThrowable(() -> database.sql().execute(record(gate, endedBy)));
            assertThat(refusal).hasStackTraceContaining("end in a space");
        }
    }

    @Test
    void revocationCannotBeUndone() throws SQLException {
        try (var operator = new Database(RunningMariaDb.as("gerve_operator", settings))) {
            operator.sql().execute(INSERT.get("public_keys"));
            operator.sql().execute("UPDATE public_keys SET revoked_at = NOW(6), revoked_reason = 'stolen'");
            operator.sql().execute("UPDATE public_keys SET title = 'laptop'");
            Throwable refusal =
                    catchThrowable(() -> operator.sql().execute("UPDATE public_keys SET revoked_at = NULL"));
            assertThat(refusal).hasStackTraceContaining("a revocation cannot be undone");
        }
        assertRefused("gerve_keylookup", "UPDATE public_keys SET revoked_at = NULL");
        assertRefused("gerve_operator", "UPDATE public_keys SET id = 9223372036854775806");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gerve_keylookup", "gerve_operator"})
    void revokedKeyCannotBeRemoved(String user) throws SQLException {
        try (var owner = new Database(settings);
                var database = new Database(RunningMariaDb.as(user, settings))) {
            owner.sql().execute(INSERT.get("public_keys"));
            owner.sql().execute("UPDATE public_keys SET revoked_at = NOW(6)");
            Throwable refusal = catchThrowable(() -> database.sql().execute("DELETE FROM public_keys"));
            assertThat(refusal).hasStackTraceContaining("a revoked key cannot be removed");
        }
    }

    /** The attack: to remove records with SQL and leave no trace of it. */
    @Test
    void beginningOfAChainDoesNotMoveWithoutAnEntryInTheHistory() throws SQLException {
        try (var owner = new Database(settings);
                var pruner = new Database(RunningMariaDb.as("gerve_prune", settings))) {
            owner.sql().execute("INSERT INTO access_log_chains (gate, head_position, head_hash) VALUES ('g', 9, '')");
            assertThat(pruner.sql().execute("UPDATE access_log_chains SET anchor_position = 7"))
                    .isEqualTo(1);
            var entry = owner.sql().fetchSingle("SELECT actor, program, after_value FROM grant_changes");
            assertThat(entry.get("actor", String.class)).startsWith("gerve_prune@");
            assertThat(entry.get("program")).isEqualTo("database");
            assertThat(entry.get("after_value")).isEqualTo("records of g up to 7");
            pruner.sql().execute("UPDATE access_log_chains SET anchor_position = 8");
            owner.sql().execute("UPDATE access_log_chains SET head_position = 10");
            assertThat(owner.sql().fetchCount(table("grant_changes")))
                    .as("an entry holds for a minute")
                    .isEqualTo(1);
            owner.sql().execute("UPDATE grant_changes SET changed_at = changed_at - INTERVAL 2 MINUTE");
            pruner.sql().execute("UPDATE access_log_chains SET anchor_position = 9");
            assertThat(owner.sql().fetchCount(table("grant_changes"))).isEqualTo(2);
            owner.sql().execute("UPDATE grant_changes SET changed_at = '9999-12-31'");
            pruner.sql().execute("UPDATE access_log_chains SET anchor_hash = 'x'");
            assertThat(owner.sql().fetchCount(table("grant_changes")))
                    .as("an entry of the future does not stand for one")
                    .isEqualTo(3);
        }
    }

    /** What AuditLogPruneCommand records, which the database user has to be able to add. */
    @Test
    void prunerAddsARecordOfThePruningAndNothingAboutAnAccount() throws SQLException {
        String columns = "INSERT INTO grant_changes (changed_at, actor, program, kind, ";
        String values = " VALUES (NOW(6), 'root', 'gerve', 'access_log_pruned', ";
        try (var database = new Database(RunningMariaDb.as("gerve_prune", settings))) {
            assertThat(database.sql().execute(columns + "after_value)" + values + "'records before 2026')"))
                    .isEqualTo(1);
        }
        assertRefused("gerve_prune", columns + "account_id)" + values + "1)");
    }

    @Test
    void everyUserStartsAgainstTheCurrentSchema() throws SQLException {
        for (String user : new String[] {"gerve_gate", "gerve_keylookup", "gerve_operator"}) {
            assertThat(new Migrations(RunningMariaDb.as(user, settings)).pending())
                    .isEmpty();
        }
    }

    private static String record(String gate, String endedBy) {
        return "INSERT INTO access_log (gate, position, previous_hash, record_hash, request_id, occurred_at, frontend,"
                + " client_address, principal, command, repository, exec_line, decision, rule, message, server, host,"
                + " bytes_in, bytes_out, duration_ms, exit_status, ended_by, refs_source, refs, refs_omitted)"
                + " VALUES ('" + gate
                + "', 1, '', '', 'r', NOW(6), 'ssh', '', '', 'login', '', '', 'denied', '', '', '',"
                + " '', 0, 0, 0, '', '" + endedBy + "', '', '', 0)";
    }

    private void assertRefused(String user, String statement) {
        try (var database = new Database(RunningMariaDb.as(user, settings))) {
            Throwable refusal = catchThrowable(() -> database.sql().execute(statement));
            assertThat(refusal).as("%s: %s", user, statement).isNotNull();
            assertThat(DatabaseFailure.of(refusal))
                    .as("%s: %s", user, refusal.getMessage())
                    .isEqualTo(DatabaseFailure.ACCESS_DENIED);
        }
    }
}
