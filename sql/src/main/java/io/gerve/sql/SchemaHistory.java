package io.gerve.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Migrations that a database has, as Flyway recorded them, compared with those of this program. Every program reads it
 * at its start, without Flyway: to load Flyway would take a quarter of a gate's start.
 */
final class SchemaHistory {
    /** Names of this program's migration scripts, in the order in which they run. */
    static final List<String> SCRIPTS = List.of(
            "V1__schema.sql",
            "V2__access_log_chain_defaults.sql",
            "V3__access_log_running_requests.sql",
            "V4__gate_reports.sql");

    private static final int NO_SUCH_TABLE = 1146;

    /** Whether each recorded script succeeded, in the order in which they ran. */
    private final Map<String, Boolean> recorded;

    private SchemaHistory(Map<String, Boolean> recorded) {
        this.recorded = recorded;
    }

    /**
     * Reads the history; a database that never was migrated has an empty one.
     *
     * @throws SQLException if the history cannot be read
     */
    static SchemaHistory read(Connection connection) throws SQLException {
        Map<String, Boolean> recorded = new LinkedHashMap<>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "SELECT script, success FROM flyway_schema_history ORDER BY installed_rank")) {
            while (rows.next()) {
                recorded.put(rows.getString(1), rows.getBoolean(2));
            }
        } catch (SQLException e) {
            if (e.getErrorCode() != NO_SUCH_TABLE) {
                throw e;
            }
        }
        return new SchemaHistory(recorded);
    }

    /** Returns why this program can neither use nor migrate the database, as a message for the operator, or empty. */
    Optional<String> incompatibility() {
        return join(recorded.keySet().stream()
                        .filter(script -> !SCRIPTS.contains(script))
                        .toList())
                .map(scripts -> "The database schema is newer than this program, which does not know " + scripts
                        + ". Install a newer version of Gerve.")
                .or(() -> join(recorded.keySet().stream()
                                .filter(script -> Boolean.FALSE.equals(recorded.get(script)))
                                .toList())
                        .map(scripts -> "A migration of the database failed and is partially applied: " + scripts
                                + ". Restore the database, or complete the migration by hand and mark it as done."));
    }

    /** Returns which migrations the database lacks, as a message for the operator, or empty if it lacks none. */
    Optional<String> pending() {
        List<String> missing = new ArrayList<>(SCRIPTS);
        missing.removeAll(recorded.keySet());
        return join(missing)
                .map(scripts -> "The database schema is older than this program and lacks " + scripts
                        + ". Run the migrations first: gerve migrate");
    }

    private static Optional<String> join(List<String> scripts) {
        return scripts.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", scripts));
    }
}
