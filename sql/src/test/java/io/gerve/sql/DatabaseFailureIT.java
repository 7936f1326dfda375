package io.gerve.sql;

import static io.gerve.sql.DatabaseFailure.CONFLICT;
import static io.gerve.sql.DatabaseFailure.OUTAGE;
import static io.gerve.sql.DatabaseFailure.PROGRAMMING_ERROR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.gerve.sql.testing.RunningMariaDb;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classification of failures that a real server causes. */
@Timeout(300)
class DatabaseFailureIT {
    private Database database;

    @BeforeEach
    void start() {
        database = new Database(RunningMariaDb.shared().newMigratedDatabase());
        execute("CREATE TABLE parents (id INT PRIMARY KEY, name VARCHAR(3) NOT NULL UNIQUE) ENGINE = InnoDB");
        execute("CREATE TABLE children (parent INT NOT NULL, FOREIGN KEY (parent) REFERENCES parents (id))"
                + " ENGINE = InnoDB");
        execute("INSERT INTO parents VALUES (1, 'a'), (2, 'b')");
        execute("INSERT INTO children VALUES (1)");
    }

    @AfterEach
    void stop() {
        database.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO parents VALUES (1, 'c')",
                "INSERT INTO parents VALUES (3, 'a')",
                "INSERT INTO children VALUES (9)",
                "DELETE FROM parents WHERE id = 1",
            })
    void violatedKeyIsConflict(String statement) {
        assertThat(failureOf(statement)).isEqualTo(CONFLICT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO parents VALUES (3, NULL)",
                "INSERT INTO parents VALUES (3, 'too long')",
                "INSERT INTO parents VALUES (3, 'a')",
                "INSERT INTO checked VALUES (0, 'a')",
                "INSERT INTO checked VALUES (1, 'é')",
            })
    void refusedValueIsRefusalAndUnknownTableIsNot(String statement) {
        execute("CREATE TABLE checked (id INT CHECK (id > 0), name VARCHAR(3) CHARACTER SET ascii) ENGINE = InnoDB");
        assertThat(DatabaseFailure.isRefusal(catchThrowable(() -> execute(statement))))
                .isTrue();
        assertThat(DatabaseFailure.isRefusal(catchThrowable(() -> execute("SELECT 1 FROM nowhere"))))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT nothing FROM parents",
                "SELECT 1 FROM nowhere",
                "SELEC 1",
                "INSERT INTO parents VALUES (3, NULL)",
                "INSERT INTO parents (id) VALUES (3)",
                "INSERT INTO parents VALUES (3, 'too long')",
                "INSERT INTO parents VALUES ('x', 'c')",
            })
    void wrongStatementIsProgrammingError(String statement) {
        assertThat(failureOf(statement)).isEqualTo(PROGRAMMING_ERROR);
    }

    @Test
    void failureOutsideTheDatabaseIsNotReportedAsDatabaseError() {
        assertThat(DatabaseFailure.of(catchThrowable(() -> sql().fetchSingle("SELECT 1 FROM parents WHERE id = 9"))))
                .isEqualTo(PROGRAMMING_ERROR);
        assertThat(DatabaseFailure.isProgrammingError(new IllegalStateException("a bug")))
                .isFalse();
    }

    @Test
    void slowStatementIsOutage() {
        assertThat(failureOf("SELECT SLEEP(60)")).isEqualTo(OUTAGE);
        String withServerTimeLimit = sql().dialect() == SQLDialect.MYSQL
                ? "SELECT /*+ MAX_EXECUTION_TIME(100) */ id FROM parents WHERE SLEEP(1) = 0"
                : "SET STATEMENT max_statement_time = 0.1 FOR SELECT id FROM parents WHERE SLEEP(1) = 0";
        assertThat(failureOf(withServerTimeLimit)).isEqualTo(OUTAGE);
    }

    @Test
    void lockWaitTimeoutIsOutage() {
        sql().transaction(other -> {
            other.dsl().execute("SELECT * FROM parents FOR UPDATE");

            assertThat(failureOf("UPDATE parents SET name = 'z' WHERE id = 1")).isEqualTo(OUTAGE);
            var withServerTimeLimit = catchThrowable(() -> sql().transaction(waiting -> {
                waiting.dsl().execute("SET SESSION innodb_lock_wait_timeout = 1");
                waiting.dsl().execute("SELECT * FROM parents FOR UPDATE");
            }));
            assertThat(DatabaseFailure.of(withServerTimeLimit)).isEqualTo(OUTAGE);
        });
    }

    @Test
    void deadlockIsOutage() throws Exception {
        var bothLocked = new CyclicBarrier(2);
        var one = CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> lockBoth(bothLocked, 1, 2)), Thread::startVirtualThread);
        var other = CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> lockBoth(bothLocked, 2, 1)), Thread::startVirtualThread);

        assertThat(Stream.of(one, other).map(CompletableFuture::join).filter(failure -> failure != null))
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(DatabaseFailure.of(failure)).isEqualTo(OUTAGE));
    }

    private void lockBoth(CyclicBarrier bothLocked, int first, int second) {
        sql().transaction(transaction -> {
            transaction.dsl().execute("UPDATE parents SET name = CONCAT('x', id) WHERE id = " + first);
            bothLocked.await(30, TimeUnit.SECONDS);
            transaction.dsl().execute("SELECT * FROM parents WHERE id = " + second + " FOR UPDATE");
        });
    }

    @Test
    void stoppedServerAndRefusedLoginAreOutages(@TempDir Path directory) throws Exception {
        try (var server = RunningMariaDb.start(directory)) {
            var settings = server.newMigratedDatabase();
            var wrongPassword =
                    new DatabaseSettings(settings.url(), settings.user(), "wrong", 1, settings.queryTimeout());
            try (var refused = new Database(wrongPassword);
                    var connected = new Database(settings)) {
                assertThat(DatabaseFailure.of(catchThrowable(refused::sql))).isEqualTo(OUTAGE);
                assertThat(refused.fault())
                        .contains("the database refuses user or password: correct database.user or"
                                + " database.password_file");
                connected.sql().execute("SELECT 1");
                server.kill();
                assertThat(DatabaseFailure.of(
                                catchThrowable(() -> connected.sql().execute("SELECT 1"))))
                        .isEqualTo(OUTAGE);
                assertThat(connected.fault())
                        .contains("nothing accepts connections at database.url: start the database, or correct"
                                + " database.url");
            }
        }
    }

    @Test
    void closedPoolIsOutage() {
        database.close();

        assertThat(failureOf("SELECT 1")).isEqualTo(OUTAGE);
    }

    private DatabaseFailure failureOf(String statement) {
        return DatabaseFailure.of(catchThrowable(() -> execute(statement)));
    }

    private void execute(String statement) {
        sql().execute(statement);
    }

    private DSLContext sql() {
        return database.sql();
    }
}
