package io.gerve.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gerve.sql.testing.RunningMariaDb;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Migrations by a database user that has privileges on its own database only. */
class RequirementsIT {
    static final List<String> PRIVILEGES =
            List.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "REFERENCES");

    private static final AtomicInteger USER_NUMBERS = new AtomicInteger();

    private final DatabaseSettings database = RunningMariaDb.shared().newDatabase();
    private final Database server = new Database(database);
    private final String user = "operator" + USER_NUMBERS.incrementAndGet();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void userWithAllPrivilegesOnItsDatabaseMigrates() throws SQLException {
        var settings = userWith("ALL PRIVILEGES", "");

        assertThat(new Migrations(settings).apply().scripts()).isNotEmpty();
        assertThat(tables()).contains("accounts").noneMatch(table -> table.startsWith("gerve_migrate"));
        assertThat(new Migrations(settings).apply().scripts()).isEmpty();
    }

    /** Not every server requires each privilege. If one does, the migration must fail before the first script runs. */
    @ParameterizedTest
    @FieldSource("PRIVILEGES")
    void missingPrivilegeIsReportedBeforeAnyChange(String missing) throws SQLException {
        var privileges = PRIVILEGES.stream()
                .filter(privilege -> !privilege.equals(missing))
                .collect(Collectors.joining(", "));
        var migrations = new Migrations(userWith(privileges, ""));

        var failure = catchThrowableOfType(SQLException.class, migrations::apply);

        if (failure == null) {
            assertThat(missing).isEqualTo("REFERENCES");
            assertThat(migrations.pending()).isEmpty();
        } else {
            assertThat(failure.getMessage()).contains("GRANT ALL PRIVILEGES ON", user);
            assertThat(tables()).isEmpty();
        }
    }

    /**
     * MySQL's default authentication sends the password over TLS, or encrypted with a server key that the client must
     * know.
     */
    @Test
    @Tag("mysql")
    void loginWithoutTlsFailsWithAdvice() {
        var migrations = new Migrations(userWith("ALL PRIVILEGES", "?sslMode=DISABLED"));

        assertThatThrownBy(migrations::apply)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("offers no TLS")
                .hasMessageContaining("allowPublicKeyRetrieval=true");
    }

    private DatabaseSettings userWith(String privileges, String urlOption) {
        var name = database.url().substring(database.url().lastIndexOf('/') + 1);
        server.sql().execute("CREATE USER " + user + "@'127.0.0.1' IDENTIFIED BY 'quite-public-too'");
        server.sql().execute("GRANT " + privileges + " ON " + name + ".* TO " + user + "@'127.0.0.1'");
        return new DatabaseSettings(database.url() + urlOption, user, "quite-public-too", 2, database.queryTimeout());
    }

    private List<String> tables() {
        return server.sql().fetch("SHOW TABLES").getValues(0, String.class);
    }
}
