package io.gerve.doctor;

import io.gerve.sql.DatabaseInspection;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.OutageCause;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Check of the database: whether it answers, and has the version, the schema and the rights that Gerve needs. */
public final class DatabaseCheck {
    /** Name of the finding that says whether the database can be used at all. */
    static final String NAME = "database";

    private static final String SCHEMA = "database_schema";
    private static final String RIGHTS = "database_rights";
    private static final String INDEXES = "database_indexes";
    private static final String READ_ONLY = "database_read_only";

    private static final int BAD_PASSWORD = 1045;
    private static final int NO_DATABASE = 1049;
    private static final int NO_RIGHTS = 1044;
    private static final int NAMED_MAX = 5;

    private final DatabaseSettings settings;
    private final Path configFile;
    private final ClockCheck clock;

    /** @param configFile the file of the settings, for advice */
    public DatabaseCheck(DatabaseSettings settings, Path configFile, ClockCheck clock) {
        this.settings = settings;
        this.configFile = configFile;
        this.clock = clock;
    }

    public Check check() {
        return new Check(NAME, address(), this::run);
    }

    /** Returns whether the findings of this check allow to read the database. */
    public static boolean isUsable(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> List.of(NAME, SCHEMA).contains(finding.name()))
                .allMatch(finding -> finding.severity() == Severity.OK);
    }

    private List<Finding> run() {
        try (var database = DatabaseInspection.open(settings)) {
            return inspect(database);
        } catch (SQLException e) {
            return List.of(failure(e));
        }
    }

    private List<Finding> inspect(DatabaseInspection database) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        findings.add(database.unsupportedVersion()
                .map(why -> error(NAME, why, "Install a newer database server."))
                .orElseGet(() -> ok(NAME, "as " + settings.user())));
        findings.add(readOnly(database.readOnlyOptions()));
        findings.add(clock.compare(address(), database.clock()));
        List<String> missingRights = database.missingRights(settings.user());
        findings.add(rights(missingRights));
        if (missingRights.stream().noneMatch(right -> right.endsWith(" on flyway_schema_history"))) {
            Finding schema = schema(database);
            findings.add(schema);
            if (schema.severity() == Severity.OK) {
                findings.add(indexes(database.missingIndexes()));
            }
        }
        return findings;
    }

    private Finding readOnly(List<String> options) {
        return options.isEmpty()
                ? ok(READ_ONLY, "")
                : error(
                        READ_ONLY,
                        "The database server is read-only (" + String.join(", ", options)
                                + "), so nothing can be changed" + " and records of requests wait in the spools.",
                        "Set database.url in " + configFile
                                + " to the primary server, or on this one, as the database's"
                                + " administrator: SET GLOBAL " + options.getFirst() + " = OFF");
    }

    private Finding rights(List<String> missing) {
        return missing.isEmpty()
                ? ok(RIGHTS, "of " + settings.user())
                : error(
                        RIGHTS,
                        "The database user " + settings.user() + " lacks " + named(missing) + ".",
                        "As the database's administrator: " + grantRights());
    }

    private Finding schema(DatabaseInspection database) throws SQLException {
        Optional<String> incompatibility = database.incompatibility();
        if (incompatibility.isPresent()) {
            return error(
                    SCHEMA,
                    incompatibility.get(),
                    "Install the version of Gerve that the other programs have: gerve --version");
        }
        return database.pendingMigrations()
                .map(pending -> error(
                        SCHEMA,
                        pending,
                        "gerve --config /etc/gerve/owner.toml migrate, then as the database's administrator: "
                                + grantRights()))
                .orElseGet(() -> ok(SCHEMA, ""));
    }

    private String grantRights() {
        return "mariadb " + database() + " < /opt/gerve/share/database-rights.sql";
    }

    private Finding indexes(List<String> missing) {
        return missing.isEmpty()
                ? ok(INDEXES, "")
                : error(
                        INDEXES,
                        missing.size() + " of the schema's indexes " + (missing.size() == 1 ? "is" : "are")
                                + " missing, so look-ups read whole tables.",
                        "As the database user that migrates: " + named(missing));
    }

    private Finding failure(SQLException e) {
        String credentials = "database.user and database.password_file in " + configFile;
        return switch (e.getErrorCode()) {
            case BAD_PASSWORD ->
                error(
                        NAME,
                        "The database refuses the user " + settings.user() + " with this password: "
                                + DatabaseInspection.reason(e),
                        "Correct " + credentials + ", or as the database's administrator: ALTER USER " + settings.user()
                                + " IDENTIFIED BY '…'");
            case NO_RIGHTS ->
                error(
                        NAME,
                        "The database user " + settings.user() + " has no right on the database: "
                                + DatabaseInspection.reason(e),
                        "As the database's administrator: " + grantRights());
            case NO_DATABASE ->
                error(
                        NAME,
                        DatabaseInspection.reason(e),
                        "Correct database.url in " + configFile
                                + ", or create the database (install.md, \"The database\").");
            default ->
                error(
                        NAME,
                        "The database cannot be used: "
                                + OutageCause.of(e).orElseGet(() -> DatabaseInspection.reason(e)),
                        "On its machine: systemctl start mariadb. Or correct database.url in " + configFile + ".");
        };
    }

    /** Returns the first items as text: each can be read, however many there are. */
    private static String named(List<String> items) {
        String first = String.join("; ", items.subList(0, Math.min(items.size(), NAMED_MAX)));
        return items.size() <= NAMED_MAX ? first : first + "; and " + (items.size() - NAMED_MAX) + " more";
    }

    /** Returns the URL without its scheme and options: {@code 127.0.0.1:3306/gerve}. */
    private String address() {
        return settings.url().replaceFirst("\\?.*", "").replaceFirst("^jdbc:mysql:(//)?", "");
    }

    private String database() {
        return address().replaceFirst("[^/]*/?", "");
    }

    private Finding ok(String name, String fact) {
        return new Finding(name, address(), Severity.OK, fact, "");
    }

    private Finding error(String name, String what, String advice) {
        return new Finding(name, address(), Severity.ERROR, what, advice);
    }
}
