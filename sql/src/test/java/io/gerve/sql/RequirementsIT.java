package io.gerve.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.gerve.sql.testing.RunningMariaDb;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A database as an operator makes it: an account with rights on it and on nothing else. */
class RequirementsIT {
    static final List<String> RIGHTS =
            List.of("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "REFERENCES");

    private static final AtomicInteger USERS = new AtomicInteger();

    private final DatabaseSettings database = RunningMariaDb.shared().newDatabase();
    private final Database server = new Database(database);
    private final String user = "operator" + USERS.incrementAndGet();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void anAccountWithAllRightsOnItsDatabaseAloneMigrates() throws SQLException {
        var settings = userWith("ALL PRIVILEGES", "");

        assertThat(new Migrations(settings).apply().scripts()).isNotEmpty();
        assertThat(tables()).contains("accounts").noneMatch(table -> table.startsWith("gerve_migrate"));
        assertThat(new Migrations(settings).apply().scripts()).isEmpty();
    }

    /** Not every server asks for each of these; but where one does, it must not be in the middle of a script. */
    @ParameterizedTest
    @FieldSource("RIGHTS")
    void aRightThatIsMissingIsNamedBeforeAnythingIsChanged(String missing) throws SQLException {
        var rights = RIGHTS.stream().filter(right -> !right.equals(missing)).collect(Collectors.joining(", "));
        var migrations = new Migrations(userWith(rights, ""));

        var refusal = catchThrowableOfType(SQLException.class, migrations::apply);

        if (refusal == null) {
            assertThat(missing).isEqualTo("REFERENCES");
            assertThat(migrations.pending()).isEmpty();
        } else {
            assertThat(refusal.getMessage()).contains("GRANT ALL PRIVILEGES ON", user);
            assertThat(tables()).isEmpty();
        }
    }

    /** MySQL's default way to authenticate sends the password within TLS, or encrypted with a key that the client has to know. */
    @Test
    void aServerWithoutTlsIsExplained() {
        assumeThat(server.sql().dialect()).isEqualTo(SQLDialect.MYSQL);
        var migrations = new Migrations(userWith("ALL PRIVILEGES", "?sslMode=DISABLED"));

        assertThatThrownBy(migrations::apply)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("offers no TLS")
                .hasMessageContaining("allowPublicKeyRetrieval=true");
    }

    private DatabaseSettings userWith(String rights, String option) {
        var name = database.url().substring(database.url().lastIndexOf('/') + 1);
        server.sql().execute("CREATE USER " + user + "@'127.0.0.1' IDENTIFIED BY 'quite-public-too'");
        server.sql().execute("GRANT " + rights + " ON " + name + ".* TO " + user + "@'127.0.0.1'");
        return new DatabaseSettings(database.url() + option, user, "quite-public-too", 2, database.queryTimeout());
    }

    private List<String> tables() {
        return server.sql().fetch("SHOW TABLES").getValues(0, String.class);
    }
}
