package io.gerve.sql;

import java.lang.module.ModuleDescriptor.Version;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What Gerve needs of a server and of its own account there. It is found out before a migration changes anything, since no server can take one back. */
final class Requirements {
    /** The first that holds rows to the CHECK constraints of the schema. */
    static final String MYSQL_MIN = "8.0.16";

    static final String MARIADB_MIN = "10.6";

    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+(\\.\\d+)?");

    /** Denied: the database, a statement on a table, what only administrators may. */
    private static final Set<Integer> DENIED = Set.of(1044, 1142, 1227);

    private static final String DROP = "DROP TABLE IF EXISTS %1$s, %1$s_parent";

    /** Whatever migrations and programs do. */
    private static final List<String> TRIED = List.of(
            "CREATE TABLE %1$s_parent (id BIGINT NOT NULL, PRIMARY KEY (id)) ENGINE = InnoDB",
            "CREATE TABLE %1$s (id BIGINT NOT NULL, PRIMARY KEY (id)) ENGINE = InnoDB",
            "CREATE INDEX tried ON %1$s (id)",
            "ALTER TABLE %1$s ADD CONSTRAINT %1$s_fk FOREIGN KEY (id) REFERENCES %1$s_parent (id)",
            "INSERT INTO %1$s_parent (id) VALUES (1)",
            "UPDATE %1$s_parent SET id = 2",
            "SELECT id FROM %1$s_parent FOR UPDATE",
            "DELETE FROM %1$s_parent");

    private Requirements() {}

    /** Why the server is too old for Gerve, as a sentence for the operator.
     *  @param version as the server answers {@code SELECT VERSION()} */
    static Optional<String> tooOld(String version) {
        var mariaDb = version.contains("MariaDB");
        var number = VERSION.matcher(version);
        var least = Version.parse(mariaDb ? MARIADB_MIN : MYSQL_MIN);
        if (number.lookingAt() && Version.parse(number.group()).compareTo(least) >= 0) {
            return Optional.empty();
        }
        return Optional.of("The database's server is " + (mariaDb ? "MariaDB " : "MySQL ") + version
                + ", which is too old. Gerve needs MySQL " + MYSQL_MIN + " or MariaDB " + MARIADB_MIN + ", or later.");
    }

    /** The same, of the server behind a connection. */
    static Optional<String> tooOld(Connection connection) throws SQLException {
        return tooOld(value(connection, "VERSION()"));
    }

    /**
     * Which right the account lacks on its database, as a sentence for the operator. By doing what needs rights to tables of its own, which are gone
     * afterwards: what is granted to roles and by patterns cannot be told from the list of grants.
     *
     * @throws SQLException if a statement failed for another reason
     */
    static Optional<String> lackingRights(Connection connection) throws SQLException {
        var table = "gerve_migrate_" + value(connection, "CONNECTION_ID()");
        try (var statement = connection.createStatement()) {
            // First, since whoever may not drop them would leave them behind.
            statement.execute(DROP.formatted(table));
            try {
                for (var tried : TRIED) {
                    statement.execute(tried.formatted(table));
                }
            } finally {
                statement.execute(DROP.formatted(table));
            }
            return Optional.empty();
        } catch (SQLException e) {
            if (!DENIED.contains(e.getErrorCode())) {
                throw e;
            }
            return Optional.of("The database's user lacks a right, and nothing was changed: " + e.getMessage()
                    + ". Grant it all on its database: GRANT ALL PRIVILEGES ON " + value(connection, "DATABASE()")
                    + ".* TO '"
                    + value(connection, "CURRENT_USER()").replace("@", "'@'") + "'. Then migrate again.");
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
