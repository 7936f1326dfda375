package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.process.CommandResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The database or Redis is frozen, dead, empty, or holds nonsense. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutagesIT {
    private static final String TRY_AGAIN =
            "ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again.";

    /** What was answered so lately still counts for pushes too. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    private final RunningMariaDb mariaDb;
    private final RunningRedis redis;
    private final RunningGate gate;
    private String repository = "";

    OutagesIT(@TempDir Path folder) throws Exception {
        mariaDb = RunningMariaDb.start(folder.resolve("mariadb"));
        redis = RunningRedis.start(folder.resolve("redis"));
        gate = RunningGate.start(folder.resolve("site"), mariaDb, redis, FRESH);
    }

    @BeforeAll
    void makeRepository() throws Exception {
        repository = gate.newRepositoryWithHistory();
    }

    @AfterAll
    void stop() throws Exception {
        gate.close();
        redis.close();
        mariaDb.close();
    }

    @Test
    void whileTheDatabaseIsFrozenPeopleReadOnAndPushesAreToldToTryAgain() throws Exception {
        reads();
        mariaDb.freeze();
        try {
            reads();
            toldToTryAgain();
            reads();
        } finally {
            mariaDb.thaw();
        }
        pushesAgain("after-the-freeze");
    }

    /** A push that was let in goes on to its end, and a key that nobody knows yet is told the truth. */
    @Test
    void whileTheDatabaseIsFrozenOpenSessionsAreUntouchedAndUnknownKeysAreToldToTryAgain() throws Exception {
        Path release = gate.shell().folder().resolve("release");
        Path hook = gate.onDisk(repository).resolve("hooks/pre-receive");
        Files.createDirectories(hook.getParent());
        Path running = gate.shell().folder().resolve("running");
        Files.writeString(
                hook, "#!/bin/sh\ntouch '%s'\nuntil [ -e '%s' ]; do sleep 0.1; done\n".formatted(running, release));
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
        gate.newKey("stranger");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var push = threads.submit(() -> gate.git("-C " + repository + " push origin main:during-the-freeze"));
            await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(running));
            mariaDb.freeze();
            try {
                toldToTryAgain();
                CommandResult stranger = gate.ssh("stranger", "git-upload-pack '" + repository + "'");
                assertThat(stranger.output()).contains(TRY_AGAIN);
                assertThat(stranger.status()).isEqualTo(75);
                Files.createFile(release);
                assertThat(push.get().output()).contains("main -> during-the-freeze");
                assertThat(push.get().status()).isZero();
            } finally {
                mariaDb.thaw();
            }
        } finally {
            Files.delete(hook);
        }
    }

    @Test
    void whileTheDatabaseIsDeadPeopleReadOnAndPushesAreToldToTryAgain() throws Exception {
        reads();
        mariaDb.kill();
        try {
            reads();
            toldToTryAgain();
            reads();
        } finally {
            mariaDb.restart();
        }
        pushesAgain("after-the-crash");
    }

    @Test
    void withoutRedisAllGoesOn() throws Exception {
        redis.kill();
        try {
            reads();
            pushesAgain("without-redis");
        } finally {
            redis.restart();
        }
        reads();
        pushesAgain("with-an-empty-redis");
    }

    /** Whoever can write to Redis must not be able to send people's pushes to a machine of their own. */
    @Test
    void nonsenseInRedisIsNeverDialled() throws Exception {
        redis("SET gerve:route:mojombo '-oProxyCommand=id'");
        redis("PUBLISH gerve:invalidate nonsense");
        reads();
        pushesAgain("with-nonsense-in-redis");
        redis("FLUSHALL");
    }

    private void reads() throws Exception {
        gate.git("ls-remote as-mojombo:" + repository + ".git").orThrow();
    }

    private void toldToTryAgain() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            CommandResult push = gate.ssh("mojombo", "git-receive-pack '" + repository + "'");
            assertThat(push.output()).contains(TRY_AGAIN);
            assertThat(push.status()).isEqualTo(75);
        });
    }

    private void pushesAgain(String branch) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> gate.git("-C " + repository + " push -q origin main:" + branch), CommandResult::succeeded);
    }

    private void redis(String command) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
            assertThat((char) socket.getInputStream().read()).isNotEqualTo('-');
        }
    }
}
