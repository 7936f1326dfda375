package io.gerve.sql.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedProcessIT {
    /** Program that starts both shared servers, freezes one, prints the process ids and then waits forever. */
    static final class Owner {
        private Owner() {}

        static void main() throws Exception {
            var mariaDb = RunningMariaDb.shared();
            var redis = RunningRedis.shared();
            redis.freeze();
            IO.println(mariaDb.pid() + " " + redis.pid());
            Thread.currentThread().join();
        }
    }

    @Test
    void killedJvmEndsItsServers() throws Exception {
        var owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Dgerve.mariadb.home=" + System.getProperty("gerve.mariadb.home"),
                        "-Dgerve.mysql.home=" + System.getProperty("gerve.mysql.home", ""),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            var pids = List.of(owner.inputReader().readLine().split(" ")).stream()
                    .map(Long::valueOf)
                    .toList();
            assertThat(pids).hasSize(2).allMatch(SupervisedProcessIT::isRunning);
            owner.destroyForcibly();
            await().untilAsserted(() -> assertThat(pids).noneMatch(SupervisedProcessIT::isRunning));
        } finally {
            owner.destroyForcibly();
        }
    }

    @Test
    void exitedProcessEndsSupervisorAndReportsLog(@TempDir Path directory) throws Exception {
        try (var process =
                SupervisedProcess.start(List.of("sh", "-c", "echo the reason >&2; exit 3"), directory.resolve("log"))) {
            await().until(() -> !process.isAlive());
            assertThatThrownBy(() -> process.awaitReady(Duration.ofSeconds(5), () -> {
                        throw new IOException("not yet");
                    }))
                    .hasMessageContaining("the reason");
        }
    }

    @Test
    void closeRemovesScratchDirectoryAndKillDoesNot(@TempDir Path directory) throws Exception {
        var scratch = Files.createDirectory(directory.resolve("scratch"));
        var log = directory.resolve("log");
        try (var process = SupervisedProcess.start(List.of("sleep", "600"), log, scratch)) {
            process.kill();
        }
        assertThat(scratch).exists();
        try (var process = SupervisedProcess.start(List.of("sleep", "600"), log, scratch)) {
            assertThat(process.isAlive()).isTrue();
        }
        assertThat(scratch).doesNotExist();
    }

    @Test
    void redisCanBeFrozenKilledAndRestarted(@TempDir Path directory) throws Exception {
        try (var redis = RunningRedis.start(directory)) {
            redis.freeze();
            redis.thaw();
            redis.kill();
            assertThat(isRunning(redis.pid())).isFalse();
            redis.restart();
            assertThat(isRunning(redis.pid())).isTrue();
        }
    }

    private static boolean isRunning(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
