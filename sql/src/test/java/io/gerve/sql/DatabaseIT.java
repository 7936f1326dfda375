package io.gerve.sql;

import static io.gerve.sql.schema.Tables.FILE_SERVERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.gerve.sql.testing.RunningMariaDb;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.TimeZone;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseIT {
    private static final Instant LATER = Instant.parse("2026-01-01T00:00:00.000001Z");
    private static final Duration TEST_TIMEOUT = Duration.ofSeconds(30);

    private final TimeZone zone = TimeZone.getDefault();

    @AfterEach
    void restoreTimeZone() {
        TimeZone.setDefault(zone);
    }

    /**
     * Most of these instants are near the clock changes of Berlin, where a local time does not exist or occurs twice. A
     * conversion through local time would alter some of them.
     */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2026-07-01T12:34:56.123456Z",
        "Europe/Berlin, 2026-03-29T02:30:00.000001Z",
        "Europe/Berlin, 2026-03-29T01:30:00.999999Z",
        "Europe/Berlin, 2026-10-25T00:30:00.000001Z",
        "Europe/Berlin, 2026-10-25T01:30:00.000001Z",
        "Europe/Berlin, 2026-10-25T02:30:00.000001Z",
        "America/St_Johns, 1999-12-31T23:59:59.999999Z",
        "Pacific/Kiritimati, 2026-01-01T00:00:00Z"
    })
    void instantIsStoredInUtcToTheMicrosecond(String jvmTimeZone, Instant instant) {
        TimeZone.setDefault(TimeZone.getTimeZone(jvmTimeZone));
        try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase())) {
            var sql = database.sql();
            sql.insertInto(FILE_SERVERS)
                    .set(FILE_SERVERS.NAME, "fs1")
                    .set(FILE_SERVERS.CREATED_AT, instant)
                    .execute();
            assertThat(sql.fetchValue(FILE_SERVERS.CREATED_AT)).isEqualTo(instant);
            assertThat(sql.fetchExists(FILE_SERVERS, FILE_SERVERS.CREATED_AT.eq(instant)))
                    .isTrue();
            assertThat(sql.fetchExists(
                            FILE_SERVERS, FILE_SERVERS.CREATED_AT.eq(DSL.inline(instant, FILE_SERVERS.CREATED_AT))))
                    .isTrue();
            assertThat(sql.fetchValue("SELECT DATE_FORMAT(created_at, '%Y-%m-%dT%H:%i:%s.%f') FROM file_servers"))
                    .asString()
                    .startsWith(instant.toString().replace("Z", ""));
            assertThat(sql.fetchValue("SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())"))
                    .asString()
                    .isEqualTo("0");
        }
    }

    @Test
    void dialectIsDetectedAndSupplementaryCharactersArePreserved() {
        try (var database = new Database(RunningMariaDb.shared().newDatabase())) {
            boolean mariaDb = database.sql()
                    .fetchSingle("SELECT VERSION()")
                    .get(0, String.class)
                    .contains("MariaDB");
            assertThat(database.sql().dialect()).isEqualTo(mariaDb ? SQLDialect.MARIADB : SQLDialect.MYSQL);
            assertThat(database.sql().fetchValue("SELECT ?", "käse 🧀")).isEqualTo("käse 🧀");
        }
    }

    @Test
    void serverConfigurationDoesNotAffectSession() {
        try (var operator = new Database(RunningMariaDb.shared().newDatabase())) {
            var modes = operator.sql().fetchSingle("SELECT @@GLOBAL.sql_mode").get(0, String.class);
            operator.sql().execute("SET GLOBAL sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES'");
            operator.sql().execute("SET GLOBAL TRANSACTION ISOLATION LEVEL READ UNCOMMITTED");
            operator.sql().execute("SET @x = 1 /*M!110402 , GLOBAL innodb_snapshot_isolation = ON */");
            try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase())) {
                var sql = database.sql();
                assertThat(sql.fetchValue(DSL.inline("\\"))).isEqualTo("\\");
                sql.transaction(other -> {
                    other.dsl()
                            .insertInto(FILE_SERVERS)
                            .set(FILE_SERVERS.NAME, "fs1")
                            .set(FILE_SERVERS.CREATED_AT, Instant.EPOCH)
                            .execute();
                    assertThat(sql.fetchCount(FILE_SERVERS)).isZero();
                });
                assertThat(sql.fetchCount(FILE_SERVERS)).isOne();
                sql.transaction(reader -> {
                    assertThat(reader.dsl().fetchValue(FILE_SERVERS.CREATED_AT)).isEqualTo(Instant.EPOCH);
                    sql.update(FILE_SERVERS).set(FILE_SERVERS.CREATED_AT, LATER).execute();
                    assertThat(reader.dsl()
                                    .select(FILE_SERVERS.CREATED_AT)
                                    .from(FILE_SERVERS)
                                    .forUpdate()
                                    .fetchSingle(FILE_SERVERS.CREATED_AT))
                            .isEqualTo(LATER);
                });
            } finally {
                operator.sql().execute("SET GLOBAL sql_mode = '" + modes + "'");
                operator.sql().execute("SET GLOBAL TRANSACTION ISOLATION LEVEL REPEATABLE READ");
                operator.sql().execute("SET @x = 1 /*M!110402 , GLOBAL innodb_snapshot_isolation = DEFAULT */");
            }
        }
    }

    @Test
    void slowQueryFailsAfterQueryTimeout() {
        try (var database = new Database(RunningMariaDb.shared().newDatabase())) {
            database.sql().fetchValue("SELECT 1");
            assertFailsInTime(() -> database.sql().fetchValue("SELECT BENCHMARK(100000000000, MD5('a'))"));
        }
    }

    @Test
    void queryFailsWhileServerIsFrozenAndSucceedsAfterThaw(@TempDir Path directory) throws Exception {
        try (var server = RunningMariaDb.start(directory);
                var database = new Database(server.newMigratedDatabase())) {
            assertThat(database.sql().fetchCount(FILE_SERVERS)).isZero();
            server.freeze();
            assertFailsInTime(() -> database.sql().fetchCount(FILE_SERVERS));
            assertFailsInTime(() -> database.sql().fetchCount(FILE_SERVERS));
            server.thaw();
            await().ignoreException(DataAccessException.class)
                    .untilAsserted(() ->
                            assertThat(database.sql().fetchCount(FILE_SERVERS)).isZero());
        }
    }

    @Test
    void poolOpensWhileServerIsDownAndReconnectsLater(@TempDir Path directory) throws Exception {
        try (var server = RunningMariaDb.start(directory)) {
            var settings = server.newMigratedDatabase();
            server.kill();
            try (var database = new Database(settings)) {
                assertFailsInTime(database::sql);
                server.restart();
                await().ignoreException(DataAccessException.class)
                        .untilAsserted(() -> assertThat(database.sql().fetchCount(FILE_SERVERS))
                                .isZero());
            }
        }
    }

    private static void assertFailsInTime(Runnable query) {
        assertTimeoutPreemptively(
                TEST_TIMEOUT, () -> assertThatThrownBy(query::run).isInstanceOf(DataAccessException.class));
    }
}
