package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountsIT {
    @TempDir
    private Path home;

    @Test
    void accountIsCreatedListedShownSuspendedAndUnsuspended() throws Exception {
        try (var site = OperatedSite.open(home)) {
            var made = site.gerve("account", "create", "mojombo", "--actor", "tester");
            assertThat(made.status()).isZero();
            assertThat(made.out()).contains("login:", "mojombo", "status:", "active");
            assertThat(made.err()).contains("No file server has a host yet");

            assertThat(site.gerve("account", "list").out().lines().map(line -> line.replaceFirst(" .*", "")))
                    .containsExactly("LOGIN", "mojombo");
            var account = site.gerve("account", "show", "MOJOMBO", "--json").json();
            assertThat(account.get("login").stringValue()).isEqualTo("mojombo");
            assertThat(account.get("reason").isNull()).isTrue();
            assertThat(account.get("keys").intValue()).isZero();

            assertThat(site.gerve("account", "suspend", "mojombo", "--reason", "Unpaid", "--actor", "tester")
                            .status())
                    .isZero();
            var suspended = site.gerve("account", "show", "mojombo", "--json").json();
            assertThat(suspended.get("status").stringValue()).isEqualTo("suspended");
            assertThat(suspended.get("reason").stringValue()).isEqualTo("Unpaid");
            assertThat(site.gerve("account", "suspend", "mojombo", "--reason", "x")
                            .err())
                    .isEqualTo("gerve: mojombo is suspended already.\n");

            assertThat(site.gerve("account", "unsuspend", "mojombo", "--actor", "tester")
                            .status())
                    .isZero();
            assertThat(site.gerve("account", "unsuspend", "mojombo").status()).isEqualTo(1);
            assertThat(site.record())
                    .containsExactly(
                            "tester cli account null>created",
                            "tester cli account_status active>suspended Unpaid",
                            "tester cli account_status suspended Unpaid>active");
        }
    }

    @Test
    void refusalIsOneSentenceWithItsExitStatus() throws Exception {
        try (var site = OperatedSite.open(home)) {
            site.must("account", "create", "mojombo");
            var twice = site.gerve("account", "create", "Mojombo");
            assertThat(twice.status()).isEqualTo(1);
            assertThat(twice.out()).isEmpty();
            assertThat(twice.err()).isEqualTo("gerve: There is already an account mojombo.\n");
            assertThat(site.gerve("account", "show", "nobody").err())
                    .isEqualTo("gerve: There is no account nobody. See: gerve account list\n");

            var invalid = site.gerve("account", "create", "../etc");
            assertThat(invalid.status()).isEqualTo(2);
            assertThat(invalid.err())
                    .contains("'../etc': a login is 1 to 39 letters")
                    .contains("account create --help");
            assertThat(site.gerve("account", "suspend", "mojombo", "--reason", "a\u001b[2Jb")
                            .status())
                    .isEqualTo(2);
            assertThat(site.gerve("account").err()).contains("A command is missing");
            assertThat(site.gerve("acount").status()).isEqualTo(2);
        }
    }

    @Test
    void databaseOutageExitsWith75() throws Exception {
        var nowhere = RunningMariaDb.shared().settings("no_such_database");
        try (var site = new OperatedSite(home, nowhere, RunningRedis.shared().uri())) {
            var run = site.gerve("account", "list");
            assertThat(run.status()).isEqualTo(75);
            assertThat(run.err())
                    .startsWith("gerve: The database did not answer: ")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void changeDuringARedisOutageIsMadeWithAWarning() throws Exception {
        try (var redis = RunningRedis.start(home.resolve("redis"));
                var site = new OperatedSite(home, RunningMariaDb.shared().newMigratedDatabase(), redis.uri())) {
            redis.kill();
            var run = site.gerve("account", "create", "mojombo");
            assertThat(run.status()).isZero();
            assertThat(run.err()).contains("Redis did not answer");
            assertThat(site.gerve("account", "show", "mojombo").status()).isZero();
        }
    }

    @Test
    void migrateCreatesTheSchemaAndASecondRunAppliesNothing() throws Exception {
        var empty = RunningMariaDb.shared().newDatabase();
        try (var site = new OperatedSite(home, empty, RunningRedis.shared().uri())) {
            assertThat(site.gerve("migrate").out()).contains("V1__schema.sql");
            var again = site.gerve("migrate", "--json").json();
            assertThat(again.get("scripts").isEmpty()).isTrue();
            assertThat(again.get("after").stringValue()).isNotBlank();
        }
    }
}
