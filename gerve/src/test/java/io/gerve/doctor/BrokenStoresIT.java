package io.gerve.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gerve.sql.testing.RunningRedis;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Database and Redis broken in each way that {@code gerve doctor} names. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenStoresIT {
    private Path home;

    private ExaminedSite examined;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        home = folder;
        examined = ExaminedSite.start(home);
        ExaminedSite.makeKey(home.resolve("fs/gate_key"));
        examined.assertSound();
    }

    @AfterAll
    void stop() throws IOException {
        examined.assertSound();
        examined.close();
    }

    @Test
    void databaseDown() throws IOException {
        examined.mariaDb().kill();
        try {
            examined.doctor()
                    .assertError(
                            "database",
                            "The database cannot be used: nothing accepts connections at database.url",
                            "systemctl start mariadb");
        } finally {
            examined.mariaDb().restart();
        }
    }

    @Test
    void wrongPassword() throws IOException {
        Path file = home.resolve("database.password");
        String password = Files.readString(file);
        Files.writeString(file, "wrong");
        try {
            examined.doctor()
                    .assertError(
                            "database",
                            "The database refuses the user gerve_operator with this password",
                            "ALTER USER gerve_operator IDENTIFIED BY");
        } finally {
            Files.writeString(file, password);
        }
    }

    @Test
    void missingRights() {
        examined.site().sql("REVOKE UPDATE ON routes FROM gerve_operator");
        examined.site().sql("REVOKE INSERT (actor) ON grant_changes FROM gerve_operator");
        try {
            examined.doctor()
                    .assertError(
                            "database_rights",
                            "The database user gerve_operator lacks UPDATE on routes; INSERT on grant_changes.",
                            "share/database-rights.sql");
        } finally {
            examined.site().sql("GRANT UPDATE ON routes TO gerve_operator");
            examined.site().sql("GRANT INSERT (actor) ON grant_changes TO gerve_operator");
        }
    }

    @Test
    void oldSchema() {
        examined.site().sql("CREATE TABLE saved AS SELECT * FROM flyway_schema_history WHERE version = '3'");
        examined.site().sql("DELETE FROM flyway_schema_history WHERE version = '3'");
        try {
            examined.doctor()
                    .assertError(
                            "database_schema",
                            "The database schema is older than this program and lacks V3__",
                            "gerve --config /etc/gerve/owner.toml migrate");
        } finally {
            examined.site().sql("INSERT INTO flyway_schema_history SELECT * FROM saved");
            examined.site().sql("DROP TABLE saved");
        }
    }

    @Test
    void newerSchema() {
        examined.site().sql("""
                INSERT INTO flyway_schema_history
                  (installed_rank, version, description, type, script, installed_by, execution_time, success)
                VALUES (999, '999', 'from the future', 'SQL', 'V999__from_the_future.sql', 'test', 1, 1)""");
        try {
            examined.doctor()
                    .assertError(
                            "database_schema",
                            "The database schema is newer than this program",
                            "Install the version of Gerve");
        } finally {
            examined.site().sql("DELETE FROM flyway_schema_history WHERE version = '999'");
        }
    }

    @Test
    void droppedIndex() {
        examined.site().sql("DROP INDEX access_log_time ON access_log");
        try {
            examined.doctor()
                    .assertError(
                            "database_indexes",
                            "1 of the schema's indexes is missing",
                            "CREATE INDEX access_log_time ON access_log (occurred_at, id)");
        } finally {
            examined.site().sql("CREATE INDEX access_log_time ON access_log (occurred_at, id)");
        }
    }

    @Test
    void readOnlyServer() {
        examined.site().sql("SET GLOBAL read_only = ON");
        try {
            examined.doctor()
                    .assertError(
                            "database_read_only", "The database server is read-only", "SET GLOBAL read_only = OFF");
        } finally {
            examined.site().sql("SET GLOBAL read_only = OFF");
        }
    }

    @Test
    void clockOfTheDatabaseIsWrong() {
        examined.site().sql("SET GLOBAL init_connect = 'SET timestamp = UNIX_TIMESTAMP() - 90'");
        try {
            var diagnosis = examined.doctor();
            diagnosis.assertError(
                    "clock", "Its clock is 90 s behind that of this machine.", "timedatectl set-ntp true");
        } finally {
            examined.site().sql("SET GLOBAL init_connect = ''");
        }
    }

    @Test
    void redisDown() throws IOException {
        examined.redis().kill();
        try {
            examined.doctor()
                    .assertError(
                            "redis",
                            "Redis cannot be used: nothing accepts connections at redis.url",
                            "systemctl start redis-server");
        } finally {
            examined.redis().restart();
        }
    }

    @Test
    void redisWantsAPassword() throws IOException {
        redis("CONFIG SET requirepass secret");
        try {
            examined.doctor().assertError("redis", "Redis wants a password.", "Set redis.password_file");
            examined.doctorWith("redis://", "redis://:wrong@")
                    .assertError("redis", "Redis refuses the password.", "redis.password_file");
            assertThat(examined.doctorWith("redis://", "redis://:secret@").status())
                    .isZero();
        } finally {
            redis("AUTH secret", "CONFIG SET requirepass ''");
        }
    }

    @Test
    void redisInProtectedMode() throws IOException {
        Optional<InetAddress> address = ownAddress();
        assumeTrue(address.isPresent(), "the machine has only the loopback address");
        try (var strict = RunningRedis.startInProtectedMode(home.resolve("protected"))) {
            examined.doctorWith(
                            examined.redis().uri().toString(),
                            "redis://" + address.get().getHostAddress() + ":" + strict.port())
                    .assertError("redis", "Redis is in protected mode", "requirepass");
        }
    }

    private static Optional<InetAddress> ownAddress() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
                .findFirst();
    }

    private void redis(String... commands) throws IOException {
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), examined.redis().port())) {
            for (String command : commands) {
                socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().readNBytes(5)).asString().isEqualTo("+OK\r\n");
            }
        }
    }
}
