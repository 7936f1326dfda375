package io.gerve.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfoService;

/**
 * Migrations of the database schema to the version that this program was built with, and the check that they are
 * applied.
 */
public final class Migrations {
    private static final String SCRIPTS = "classpath:io/gerve/sql/migration";

    /**
     * Maximum time of one statement. A change to a large table takes long; a connection that is silent for longer is
     * lost.
     */
    private static final Duration STATEMENT_MAX = Duration.ofHours(12);

    /**
     * Message of Connector/J for caching_sha2_password, MySQL's default authentication, on a connection without TLS.
     * The error has no number of its own.
     */
    private static final String PUBLIC_KEY_RETRIEVAL_DENIED = "Public Key Retrieval is not allowed";

    private static final String NO_TLS =
            "The database server offers no TLS. Without TLS the password is not sent to a MySQL server whose RSA key is"
                    + " not known. Enable TLS on the server, as it is by default, or name its key with"
                    + " ?serverRSAPublicKeyFile=… in database.url. On a trusted network,"
                    + " ?allowPublicKeyRetrieval=true is sufficient.";

    private final DatabaseSettings settings;

    public Migrations(DatabaseSettings settings) {
        this.settings = settings;
    }

    /**
     * Result of a migration.
     *
     * @param before version of the schema before the migration; an empty string for a new database
     * @param after version of the schema after the migration
     * @param scripts names of the scripts that ran, in that order; empty if the schema was up to date
     */
    public record Applied(String before, String after, List<String> scripts) {
        public Applied {
            scripts = List.copyOf(scripts);
        }
    }

    /**
     * Runs the missing migrations. If two programs run them at the same time, one waits for the other.
     *
     * @throws SQLException if the server does not answer or is too old, the user lacks a privilege, the schema is newer
     *     than this program, or a script failed; the message says which. MySQL cannot roll back a schema change, so a
     *     failed script may be partially applied.
     */
    public Applied apply() throws SQLException {
        try (var connection = connect(STATEMENT_MAX)) {
            failIf(Requirements.unsupportedVersion(connection));
            var history = historyToExtend(connection);
            failIf(history.incompatibility());
            if (history.pending().isPresent()) {
                failIf(Requirements.missingPrivilege(connection));
            }
            var flyway = flyway();
            var result = flyway.migrate();
            var scripts = result.migrations.stream()
                    .map(script -> script.filepath.substring(script.filepath.lastIndexOf('/') + 1))
                    .toList();
            var before = Objects.requireNonNullElse(result.initialSchemaVersion, "");
            return new Applied(before, versionOf(flyway.info()), scripts);
        } catch (FlywayException e) {
            throw new SQLException(e.getMessage(), e);
        }
    }

    /** A user without the right to read may lack others as well, which the message should name. */
    private static SchemaHistory historyToExtend(Connection connection) throws SQLException {
        try {
            return SchemaHistory.read(connection);
        } catch (SQLException e) {
            failIf(Requirements.missingPrivilege(connection));
            throw e;
        }
    }

    private static void failIf(Optional<String> problem) throws SQLException {
        if (problem.isPresent()) {
            throw new SQLException(problem.get());
        }
    }

    /** Returns a connection outside of a pool, whose failure has the cause that the server or the network reported. */
    Connection connect(Duration socketTimeout) throws SQLException {
        var options = new Properties();
        options.putAll(DriverOptions.of(settings.queryTimeout(), socketTimeout, settings.truststore()));
        options.put("user", settings.user());
        options.put("password", settings.password());
        try {
            return DriverManager.getConnection(settings.url(), options);
        } catch (SQLException e) {
            if (String.valueOf(e.getMessage()).contains(PUBLIC_KEY_RETRIEVAL_DENIED)) {
                throw new SQLException(NO_TLS);
            }
            throw e;
        }
    }

    /**
     * Returns the reason why a program must not use this database.
     *
     * @return a message for the operator; empty if the schema is the one that this program was built with
     * @throws SQLException if the version of the schema cannot be read
     */
    public Optional<String> pending() throws SQLException {
        try (var connection = connect(settings.queryTimeout())) {
            var history = SchemaHistory.read(connection);
            return history.incompatibility().or(history::pending);
        }
    }

    private static String versionOf(MigrationInfoService info) {
        var current = info.current();
        return current == null ? "" : current.getVersion().getVersion();
    }

    private Flyway flyway() {
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(settings.url(), settings.user(), settings.password())
                .jdbcProperties(
                        new HashMap<>(DriverOptions.of(settings.queryTimeout(), STATEMENT_MAX, settings.truststore())))
                .locations(SCRIPTS)
                .failOnMissingLocations(true)
                .cleanDisabled(true)
                .load();
    }
}
