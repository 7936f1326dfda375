package io.gerve.fileserver;

import static io.gerve.fileserver.PooledServer.KEEPALIVE_INTERVAL;
import static io.gerve.fileserver.PooledServer.TIMEOUT;
import static io.gerve.fileserver.PooledServer.noise;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a file server: bytes, exit and environment. */
@Timeout(300)
class RemoteCommandIT {
    private final PooledServer server;

    RemoteCommandIT(@TempDir Path home) throws IOException {
        server = new PooledServer(home);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void bytesPassUnchangedInBothDirectionsAtOnce() throws Exception {
        var sent = noise(48 * 1024 * 1024 + 17);

        var result = server.run("cat", sent, Map.of());

        assertThat(result.ending()).isEqualTo(new RemoteExit.Exited(0));
        assertThat(result.stdout().toByteArray()).isEqualTo(sent);
    }

    @Test
    void stderrIsSeparateFromStdout() throws Exception {
        var result = server.run("echo out; echo err >&2; exit 7");

        assertThat(result.ending()).isEqualTo(new RemoteExit.Exited(7));
        assertThat(result.out()).isEqualTo("out\n");
        assertThat(result.stderr().toString(UTF_8)).isEqualTo("err\n");
    }

    @Test
    @Timeout(600)
    void everyExitStatusOfManyShortCommandsArrives() throws Exception {
        server.usePool(server.settings(2, 8, Duration.ofMinutes(1), KEEPALIVE_INTERVAL));
        var results = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 512; i++) {
            int status = i % 256;
            results.add(() -> {
                var result = server.run("echo " + status + "; exit " + status);
                return result.ending().equals(new RemoteExit.Exited(status))
                        && result.out().equals(status + "\n");
            });
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            assertThat(threads.invokeAll(results))
                    .allSatisfy(right -> assertThat(right.get()).isTrue());
        }
        assertThat(server.pool().dialedCount()).as("sessions are reused").isLessThan(50);
    }

    @Test
    void acceptedVariablesReachTheCommand() throws Exception {
        var variables = Map.of("GIT_PROTOCOL", "version=2", "GERVE_ACCOUNT", "mojombo", "PATH_INFO", "refused");

        var result = server.run("echo $GIT_PROTOCOL $GERVE_ACCOUNT $PATH_INFO", new byte[0], variables);

        assertThat(result.out()).isEqualTo("version=2 mojombo\n");
    }

    @Test
    void commandOrVariableWithLineBreakIsRefused() {
        assertThatThrownBy(() -> server.run("true\nfalse")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> server.run("true", new byte[0], Map.of("GERVE_KEY", "a\nb")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void endOfInputLeavesTheOutputOpen() throws Exception {
        var result = server.run("cat >/dev/null; sleep 1; echo afterwards; exit 3", noise(100), Map.of());

        assertThat(result.out()).isEqualTo("afterwards\n");
        assertThat(result.ending()).isEqualTo(new RemoteExit.Exited(3));
    }

    @Test
    void killedCommandReportsItsSignal() throws Exception {
        assertThat(server.run("kill -KILL $$").ending()).isEqualTo(new RemoteExit.Signalled("KILL"));
        assertThat(server.run("kill -TERM $$").ending()).isEqualTo(new RemoteExit.Signalled("TERM"));
    }

    @Test
    void writeToEndedCommandFails() throws Exception {
        try (var command = server.start("exit 0")) {
            command.await();

            assertThatThrownBy(() -> command.stdin().write(1)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void unreadInputDoesNotBlockTheOutput() throws Exception {
        var stdout = new ByteArrayOutputStream();
        Thread writer;
        try (var command = server.start("head -c 20000000 /dev/zero; sleep 60", stdout)) {
            writer = Thread.ofVirtual().start(() -> {
                try (var in = command.stdin()) {
                    in.write(noise(20_000_000));
                } catch (IOException _) {
                    // The write fails when the command ends.
                }
            });
            await().until(() -> stdout.size() == 20_000_000);

            assertThat(writer.isAlive()).isTrue();
        }
        writer.join();
        await().untilAsserted(() -> assertThat(server.sshd().connections()).isLessThanOrEqualTo(2));
    }

    /**
     * sshd disconnects a client that sends nothing for 3 s here. A git client that does not read must not silence the
     * gate.
     */
    @Test
    void commandSurvivesAPausedReader() throws Exception {
        server.useSettingsOfSshd("ClientAliveInterval 1", "ClientAliveCountMax 3");
        server.usePool(server.settings(2, 8, TIMEOUT, Duration.ofSeconds(1)));
        var sent = noise(16 * 1024 * 1024);
        Files.write(server.sshd().root().resolve("noise"), sent);
        var stdout = new ByteArrayOutputStream();
        var resume = new CountDownLatch(1);
        var pausing = new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("one byte at a time");
            }

            @Override
            public void write(byte[] bytes, int start, int length) throws IOException {
                try {
                    resume.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                stdout.write(bytes, start, length);
            }
        };
        try (var command = server.start("cat noise", pausing)) {
            await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
            resume.countDown();

            assertThat(command.await()).isEqualTo(new RemoteExit.Exited(0));
            assertThat(stdout.toByteArray()).isEqualTo(sent);
        }
    }

    @Test
    void slowReadingCommandIsNotLost() throws Exception {
        server.usePool(server.settings(2, 8, TIMEOUT, Duration.ofSeconds(1)));

        var result = server.run("sleep 5; wc -c", noise(8_000_000), Map.of());

        assertThat(result.ending()).isEqualTo(new RemoteExit.Exited(0));
        assertThat(result.out().strip()).isEqualTo("8000000");
    }

    @Test
    void quietCommandIsNotLost() throws Exception {
        server.usePool(server.settings(2, 8, TIMEOUT, Duration.ofSeconds(1)));

        assertThat(server.run("sleep 5; echo done").out()).isEqualTo("done\n");
    }

    @Test
    void failingOutputStreamEndsTheCommand() throws Exception {
        var gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("the client is gone");
            }
        };
        try (var command = server.start("echo $$ >pid; while echo x; do sleep 0.1; done", gone)) {
            assertThat(command.await()).isInstanceOf(RemoteExit.Lost.class);
        }
        awaitEndOf(server.sshd().root().resolve("pid"));
    }

    /** JSch ignores a NullPointerException of an output stream, and would continue with a gap in the data. */
    @Test
    void runtimeExceptionInOutputStreamEndsTheCommand() throws Exception {
        var broken = new OutputStream() {
            @Override
            public void write(int b) {
                throw new NullPointerException("a bug");
            }
        };
        try (var command = server.start("echo one; sleep 1; echo two", broken)) {
            assertThat(command.await()).isInstanceOf(RemoteExit.Lost.class);
        }
    }

    @Test
    void closeEndsTheCommandOnTheHost() throws Exception {
        var command = server.start("echo $$ >pid; exec cat");
        await().until(() -> Files.exists(server.sshd().root().resolve("pid")));

        command.close();

        assertThat(command.await()).isInstanceOf(RemoteExit.Lost.class);
        awaitEndOf(server.sshd().root().resolve("pid"));
    }

    private static void awaitEndOf(Path pidFile) throws IOException {
        long pid = Long.parseLong(Files.readString(pidFile).strip());
        await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void gitUploadPackAnswersProtocolVersion2() throws Exception {
        server.useGitShell();
        var repository = server.sshd().root().resolve("a/a8/e2/95/mojombo/bert.git");
        assertThat(new ProcessBuilder("git", "init", "-q", "--bare", repository.toString())
                        .start()
                        .waitFor())
                .isZero();
        var flush = "0000".getBytes(UTF_8);

        var result =
                server.run("git-upload-pack 'a/a8/e2/95/mojombo/bert.git'", flush, Map.of("GIT_PROTOCOL", "version=2"));

        assertThat(result.ending()).isEqualTo(new RemoteExit.Exited(0));
        assertThat(result.out()).contains("version 2");
        assertThat(server.run("cat /etc/passwd").ending()).isEqualTo(new RemoteExit.Exited(128));
    }
}
