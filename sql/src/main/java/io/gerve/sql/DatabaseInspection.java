package io.gerve.sql;

import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Connection that finds out what is wrong with a database. It changes nothing. Each method throws {@link SQLException}
 * if the server does not answer. Used by one thread.
 */
public final class DatabaseInspection implements AutoCloseable {
    /** Error numbers of a missing privilege: on a table, on a column. */
    private static final Set<Integer> ACCESS_DENIED = Set.of(1142, 1143);

    /** Error numbers of a read-only server, which does not even explain a change. */
    private static final Set<Integer> READ_ONLY = Set.of(1290, 1836);

    private static final List<String> READ_ONLY_OPTIONS = List.of("read_only", "super_read_only", "innodb_read_only");

    private final Connection connection;

    private DatabaseInspection(Connection connection) {
        this.connection = connection;
    }

    /** Connects, with {@link DatabaseSettings#queryTimeout} for the connection and for each query. */
    public static DatabaseInspection open(DatabaseSettings settings) throws SQLException {
        return new DatabaseInspection(new Migrations(settings).connect(settings.queryTimeout()));
    }

    /** Returns what failed, without the text that the driver puts around it. */
    public static String reason(SQLException failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return cause instanceof UnknownHostException ? "there is no host " + message : message;
    }

    /** Returns a message for the operator if the server is too old for Gerve, or empty if it is recent enough. */
    public Optional<String> unsupportedVersion() throws SQLException {
        return Requirements.unsupportedVersion(connection);
    }

    /** Returns why this program must not use the schema, unless migrations are missing only; or empty. */
    public Optional<String> incompatibility() throws SQLException {
        return SchemaHistory.read(connection).incompatibility();
    }

    /** Returns which migrations are missing, as a sentence and what to run, or empty if none is. */
    public Optional<String> pendingMigrations() throws SQLException {
        return SchemaHistory.read(connection).pending();
    }

    /** Returns the server's options that make it read-only: {@code read_only}; none if it accepts changes. */
    public List<String> readOnlyOptions() throws SQLException {
        List<String> set = new ArrayList<>();
        try (var statement = connection.createStatement();
                var variables = statement.executeQuery("SHOW GLOBAL VARIABLES LIKE '%read\\\\_only'")) {
            while (variables.next()) {
                String name = variables.getString(1).toLowerCase(Locale.ROOT);
                String value = variables.getString(2);
                if (READ_ONLY_OPTIONS.contains(name) && !List.of("OFF", "0").contains(value)) {
                    set.add(name);
                }
            }
        }
        return set;
    }

    /** Returns the time of the server. */
    public Instant clock() throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT UTC_TIMESTAMP(6)")) {
            result.next();
            return result.getObject(1, LocalDateTime.class).toInstant(ZoneOffset.UTC);
        }
    }

    /**
     * Returns the rights in database-rights.sql that the user lacks: {@code INSERT on access_log}. Each is tested by a
     * statement that the server explains and does not execute.
     *
     * @return none also if database-rights.sql does not know the user
     */
    public List<String> missingRights(String user) throws SQLException {
        List<String> missing = new ArrayList<>();
        for (DatabaseRight right : DatabaseRight.of(user)) {
            try (var statement = connection.createStatement()) {
                statement.execute("EXPLAIN " + right.statement());
            } catch (SQLException e) {
                if (ACCESS_DENIED.contains(e.getErrorCode())) {
                    missing.add(right.text());
                } else if (!READ_ONLY.contains(e.getErrorCode()) && !isMissingInAnOldSchema(e)) {
                    throw e;
                }
            }
        }
        return missing;
    }

    private static boolean isMissingInAnOldSchema(SQLException failure) {
        return String.valueOf(failure.getSQLState()).startsWith("42");
    }

    /**
     * Returns a statement for each index of the schema that is missing, which creates it. Tables on which the user has
     * no right are left out, because their indexes cannot be seen.
     */
    public List<String> missingIndexes() throws SQLException {
        Set<String> tables = names("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()");
        Set<String> present =
                names("SELECT DISTINCT CONCAT(table_name, '.', index_name) FROM information_schema.statistics"
                        + " WHERE table_schema = DATABASE()");
        return SchemaIndex.all().stream()
                .filter(index -> tables.contains(index.table()))
                .filter(index -> !present.contains(index.table() + "." + index.name()))
                .map(SchemaIndex::statement)
                .toList();
    }

    private Set<String> names(String query) throws SQLException {
        Set<String> names = new HashSet<>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            while (result.next()) {
                names.add(result.getString(1).toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
