package io.gerve.sql;

import java.lang.module.ModuleDescriptor.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Requirements on the version of the database server and on the privileges of Gerve's database user. They are checked
 * before a migration changes anything, since neither MySQL nor MariaDB can roll back a schema change.
 */
final class Requirements {
    /** First version of MySQL that enforces the CHECK constraints of the schema. */
    static final String MYSQL_MIN = "8.0.16";

    static final String MARIADB_MIN = "10.6";

    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+(\\.\\d+)?");

    /** Error numbers of a missing privilege: on the database, for a statement on a table, of an administrator. */
    private static final Set<Integer> ACCESS_DENIED = Set.of(1044, 1142, 1227);

    private static final String DROP = "DROP TABLE IF EXISTS %1$s, %1$s_parent";

    /** One statement for each kind that migrations and programs execute. */
    private static final List<String> TRIAL_STATEMENTS = List.of(
            "CREATE TABLE %1$s_parent (id BIGINT NOT NULL, PRIMARY KEY (id)) ENGINE = InnoDB",
            "CREATE TABLE %1$s (id BIGINT NOT NULL, PRIMARY KEY (id)) ENGINE = InnoDB",
            "CREATE INDEX tried ON %1$s (id)",
            "ALTER TABLE %1$s ADD CONSTRAINT %1$s_fk FOREIGN KEY (id) REFERENCES %1$s_parent (id)",
            "INSERT INTO %1$s_parent (id) VALUES (1)",
            "UPDATE %1$s_parent SET id = 2",
            "SELECT id FROM %1$s_parent FOR UPDATE",
            "DELETE FROM %1$s_parent");

    private Requirements() {}

    /**
     * Returns a message for the operator if the server is too old for Gerve, or empty if it is recent enough.
     *
     * @param version the result of {@code SELECT VERSION()}
     */
    static Optional<String> unsupportedVersion(String version) {
        var mariaDb = version.contains("MariaDB");
        var number = VERSION.matcher(version);
        var minimum = Version.parse(mariaDb ? MARIADB_MIN : MYSQL_MIN);
        if (number.lookingAt() && Version.parse(number.group()).compareTo(minimum) >= 0) {
            return Optional.empty();
        }
        return Optional.of("The database server is " + (mariaDb ? "MariaDB " : "MySQL ") + version
                + ", which is too old. Gerve needs MySQL " + MYSQL_MIN + " or MariaDB " + MARIADB_MIN + ", or later.");
    }

    static Optional<String> unsupportedVersion(Connection connection) throws SQLException {
        return unsupportedVersion(value(connection, "VERSION()"));
    }

    /**
     * Returns a message for the operator if the user lacks a privilege on its database, or empty if it has all that
     * Gerve needs. The check creates two tables of its own, executes statements on them and drops them. It does not
     * read the list of grants, which would have to be resolved with roles and patterns.
     *
     * @throws SQLException if a statement failed for another reason
     */
    static Optional<String> missingPrivilege(Connection connection) throws SQLException {
        var table = "gerve_migrate_" + value(connection, "CONNECTION_ID()");
        try (var statement = connection.createStatement()) {
            // DROP comes first: a user without that privilege would leave the tables behind.
            statement.execute(DROP.formatted(table));
            try {
                for (var trial : TRIAL_STATEMENTS) {
                    statement.execute(trial.formatted(table));
                }
            } finally {
                statement.execute(DROP.formatted(table));
            }
            return Optional.empty();
        } catch (SQLException e) {
            if (!ACCESS_DENIED.contains(e.getErrorCode())) {
                throw e;
            }
            return Optional.of("The database user lacks a privilege, and nothing was changed: " + e.getMessage()
                    + ". Migrate as the owner of the tables, or make this user the owner: GRANT ALL PRIVILEGES ON "
                    + value(connection, "DATABASE()")
                    + ".* TO '"
                    + value(connection, "CURRENT_USER()").replace("@", "'@'") + "'.");
        }
    }

    private static String value(Connection connection, String expression) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT " + expression)) {
            result.next();
            return String.valueOf(result.getString(1));
        }
    }
}
