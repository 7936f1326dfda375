package io.gerve.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;

/** Brings a database to the schema that this program was built with, and tells whether it is there. */
public final class Migrations {
    private static final String SCRIPTS = "classpath:io/gerve/sql/migration";

    /** A change to a large table takes long; a connection that is silent for longer is lost. */
    private static final Duration STATEMENT_MAX = Duration.ofHours(12);

    /** What Connector/J says of caching_sha2_password, MySQL's default, without TLS; it has no code of its own. */
    private static final String PASSWORD_IN_THE_CLEAR = "Public Key Retrieval is not allowed";

    private static final String NO_TLS =
            "The database's server offers no TLS, and without it the password is not sent to a MySQL"
                    + " server that has not shown whose key it would be encrypted with. Turn TLS on there, as it is by default, or name its key"
                    + " with ?serverRSAPublicKeyFile=… in database.url. Where nobody can get in between, ?allowPublicKeyRetrieval=true will do.";

    private final DatabaseSettings settings;

    public Migrations(DatabaseSettings settings) {
        this.settings = settings;
    }

    /**
     * What was done to a database.
     *
     * @param before the schema's version as it was found, empty text for a new database
     * @param after its version now
     * @param scripts the names of the scripts that ran, in that order; empty if there was nothing to do
     */
    public record Applied(String before, String after, List<String> scripts) {
        public Applied {
            scripts = List.copyOf(scripts);
        }
    }

    /**
     * Runs what is missing. Two programs may do so at one time: one waits for the other.
     *
     * @throws SQLException if the server is not there or too old, its user lacks a right, the schema is newer than this program,
     *     or a script failed; the message says which. MySQL cannot roll back a change of the schema, so that a failed script may
     *     be half done
     */
    public Applied apply() throws SQLException {
        try (var connection = connect()) {
            refuse(Requirements.tooOld(connection));
            var flyway = flyway(STATEMENT_MAX);
            var info = flyway.info();
            refuse(unusable(info));
            if (info.pending().length > 0) {
                refuse(Requirements.lackingRights(connection));
            }
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

    private static void refuse(Optional<String> sentence) throws SQLException {
        if (sentence.isPresent()) {
            throw new SQLException(sentence.get());
        }
    }

    private Connection connect() throws SQLException {
        var options = new Properties();
        options.putAll(DriverOptions.of(settings.queryTimeout(), STATEMENT_MAX));
        options.put("user", settings.user());
        options.put("password", settings.password());
        try {
            return DriverManager.getConnection(settings.url(), options);
        } catch (SQLException e) {
            if (String.valueOf(e.getMessage()).contains(PASSWORD_IN_THE_CLEAR)) {
                throw new SQLException(NO_TLS);
            }
            throw e;
        }
    }

    /**
     * Why a program must not work on this database.
     *
     * @return a sentence for the operator; empty if the schema is the one this program was built with
     * @throws SQLException if that could not be found out
     */
    public Optional<String> pending() throws SQLException {
        try {
            var info = flyway(settings.queryTimeout()).info();
            return unusable(info).or(() -> old(info));
        } catch (FlywayException e) {
            throw new SQLException("could not read the version of the schema: " + e.getMessage(), e);
        }
    }

    private static Optional<String> unusable(MigrationInfoService info) {
        return scripts(info, MigrationState.FUTURE_SUCCESS, MigrationState.FUTURE_FAILED)
                .map(scripts -> "The database is newer than this program, which does not know " + scripts
                        + ". Install the newer Gerve.")
                .or(() -> scripts(info, MigrationState.FAILED, MigrationState.MISSING_FAILED)
                        .map(scripts -> "A migration of the database stopped half-way: " + scripts
                                + ". Restore the database, or finish by hand and mark it as done."));
    }

    private static Optional<String> old(MigrationInfoService info) {
        return scripts(info, MigrationState.PENDING)
                .map(scripts ->
                        "The database is older than this program and lacks " + scripts + ". Run the migrations first.");
    }

    private static Optional<String> scripts(MigrationInfoService info, MigrationState... states) {
        var wanted = List.of(states);
        var names = Arrays.stream(info.all())
                .filter(script -> wanted.contains(script.getState()))
                .map(MigrationInfo::getScript)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? Optional.empty() : Optional.of(names);
    }

    private static String versionOf(MigrationInfoService info) {
        var current = info.current();
        return current == null ? "" : current.getVersion().getVersion();
    }

    private Flyway flyway(Duration answerTimeout) {
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(settings.url(), settings.user(), settings.password())
                .jdbcProperties(new HashMap<>(DriverOptions.of(settings.queryTimeout(), answerTimeout)))
                .locations(SCRIPTS)
                .failOnMissingLocations(true)
                .cleanDisabled(true)
                .load();
    }
}
