package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.StandByCopy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tests with a database or Redis that is frozen, dead, empty, or filled with garbage. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutagesIT {
    private static final String TRY_AGAIN =
            "ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again.";

    /** Results of this age and younger are valid for pushes too. */
    private static final Duration CACHE_TTL = Duration.ofSeconds(2);

    private final RunningMariaDb mariaDb;
    private final RunningRedis redis;
    private final RunningGate gate;
    private String repository = "";

    OutagesIT(@TempDir Path folder) throws Exception {
        mariaDb = RunningMariaDb.start(folder.resolve("mariadb"));
        redis = RunningRedis.start(folder.resolve("redis"));
        gate = RunningGate.start(folder.resolve("site"), mariaDb, redis, CACHE_TTL);
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
    void frozenDatabaseAllowsReadsAndTellsPushesToTryAgain() throws Exception {
        assertReads();
        mariaDb.freeze();
        try {
            assertReads();
            assertPushIsToldToTryAgain();
            assertReads();
        } finally {
            mariaDb.thaw();
        }
        awaitPush("after-the-freeze");
    }

    /** An allowed push completes, and a key that cannot be looked up is told to try again. */
    @Test
    void frozenDatabaseLeavesOpenSessionsRunningAndTellsUnknownKeysToTryAgain() throws Exception {
        gate.newKey("stranger");
        try (var push = new HeldPush("during-the-freeze")) {
            mariaDb.freeze();
            try {
                assertPushIsToldToTryAgain();
                CommandResult stranger = gate.ssh("stranger", "git-upload-pack '" + repository + "'");
                assertThat(stranger.output()).contains(TRY_AGAIN);
                assertThat(stranger.status()).isEqualTo(75);
                push.assertLands();
            } finally {
                mariaDb.thaw();
            }
        }
    }

    @Test
    void deadDatabaseAllowsReadsAndTellsPushesToTryAgain() throws Exception {
        assertReads();
        mariaDb.kill();
        try {
            assertReads();
            assertPushIsToldToTryAgain();
            assertReads();
        } finally {
            mariaDb.restart();
        }
        awaitPush("after-the-crash");
    }

    @Test
    void deadOrEmptyRedisAffectsNoRequest() throws Exception {
        redis.kill();
        try {
            assertReads();
            awaitPush("without-redis");
        } finally {
            redis.restart();
        }
        assertReads();
        awaitPush("with-an-empty-redis");
    }

    /**
     * The attack: to write to Redis, so that the gate sends pushes to the attacker's machine, runs a command, or locks
     * people out by messages about their keys and rights.
     */
    @Test
    void whatAnAttackerWritesToRedisIsNeverConnectedToAndLocksNobodyOut() throws Exception {
        String attacker = "'{\"hosts\":[{\"name\":\"fs1a\",\"address\":\"127.6.6.6\",\"port\":1,"
                + "\"host_key\":\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3gmJPTVTyMpMbMC0NqbkTzI5xvHaCQJkqmvH6Xn3oA\"}]}'";
        String keys = gate.cli("key list --account mojombo --json").orThrow().output();
        List<String> forged =
                new ArrayList<>(List.of("nonsense", "server fs1", "route mojombo", "site ", "key *", "account 1"));
        Pattern.compile("SHA256:[A-Za-z0-9+/]{43}")
                .matcher(keys)
                .results()
                .forEach(key -> forged.add("key " + key.group()));
        assertThat(forged).hasSizeGreaterThan(6);
        for (String route : List.of("'-oProxyCommand=id'", "fs1", "fs9", "''")) {
            redis("SET gerve:route:mojombo " + route);
            redis("SET gerve:server:fs1 " + attacker);
            redis("SET gerve:server:fs9 " + attacker);
            for (String message : forged) {
                redis("PUBLISH gerve:invalidate '" + message + "'");
            }
            assertReads();
            awaitPush("with-an-attacker-in-redis-" + route.length());
        }
        redis("FLUSHALL");
    }

    /**
     * The attack: to name, in Redis, another file server of the site, which has an old copy. A push there would be
     * accepted and lost, and running pushes of the owner would end.
     */
    @Test
    void pushesGoWhereMysqlSaysAndRunOnWhateverRedisNames() throws Exception {
        new StandByCopy(gate.site()).copy(0, 1);
        gate.cli("server create fs2 fs2a " + gate.addressOf(1));
        try (var held = new HeldPush("before-the-attack")) {
            assertReads();
            for (int i = 0; i < 3; i++) {
                redis("SET gerve:route:mojombo fs2");
                redis("PUBLISH gerve:invalidate 'route mojombo'");
                redis("PUBLISH gerve:invalidate 'server fs1'");
                assertReads();
                gate.git("-C " + repository + " push -q origin main:in-the-attack-" + i)
                        .orThrow();
                assertThat(gate.hasBranch(0, repository, "in-the-attack-" + i)).isTrue();
            }
            held.assertLands();
        } finally {
            redis("FLUSHALL");
        }
    }

    /** The attack: messages in a flood, so that gates are busy with them, and fill their logs. */
    @Test
    void floodOfMessagesLocksNobodyOutAndFillsNoLog() throws Exception {
        var isOver = new AtomicBoolean();
        var messages = new AtomicLong();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var flood = threads.submit(() -> {
                while (!isOver.get()) {
                    redis("PUBLISH gerve:invalidate nonsense\r\n".repeat(100)
                            + "PUBLISH gerve:invalidate 'site *'\r\nPUBLISH gerve:invalidate 'account 1'");
                    messages.addAndGet(100);
                }
                return null;
            });
            await().atMost(Duration.ofMinutes(1)).until(() -> messages.get() > 1_000 || flood.isDone());
            assertReads();
            awaitPush("in-a-flood-of-messages");
            isOver.set(true);
            flood.get();
        }
        assertThat(gate.gate().program().log().lines().filter(line -> line.contains("Unknown invalidation message")))
                .isNotEmpty()
                .hasSizeLessThan((int) (messages.get() / 100));
    }

    /** Push of main to a branch, which a hook on the file server holds. */
    private final class HeldPush implements AutoCloseable {
        private final String branch;
        private final Path release;
        private final Path hook;
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final Future<CommandResult> push;

        /** Starts the push and waits until the hook holds it. */
        HeldPush(String branch) throws Exception {
            this.branch = branch;
            this.release = gate.shell().folder().resolve(branch + ".release");
            this.hook = gate.onDisk(repository).resolve("hooks/pre-receive");
            Path running = gate.shell().folder().resolve(branch + ".running");
            Files.createDirectories(hook.getParent());
            Files.writeString(hook, """
                    #!/bin/sh
                    read -r _ _ ref
                    [ "$ref" = refs/heads/%s ] || exit 0
                    touch '%s'
                    until [ -e '%s' ]; do sleep 0.1; done
                    """.formatted(branch, running, release));
            Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
            this.push = threads.submit(() -> gate.git("-C " + repository + " push origin main:" + branch));
            await().until(() -> Files.exists(running));
        }

        void assertLands() throws Exception {
            Files.createFile(release);
            assertThat(push.get().output()).contains("main -> " + branch);
            assertThat(push.get().status()).isZero();
        }

        @Override
        public void close() throws IOException {
            if (!Files.exists(release)) {
                Files.createFile(release);
            }
            threads.close();
            Files.delete(hook);
        }
    }

    private void assertReads() throws Exception {
        gate.git("ls-remote as-mojombo:" + repository + ".git").orThrow();
    }

    private void assertPushIsToldToTryAgain() {
        await().untilAsserted(() -> {
            CommandResult push = gate.ssh("mojombo", "git-receive-pack '" + repository + "'");
            assertThat(push.output()).contains(TRY_AGAIN);
            assertThat(push.status()).isEqualTo(75);
        });
    }

    private void awaitPush(String branch) {
        await().until(() -> gate.git("-C " + repository + " push -q origin main:" + branch), CommandResult::succeeded);
    }

    private void redis(String command) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
            assertThat((char) socket.getInputStream().read()).isNotEqualTo('-');
        }
    }
}
