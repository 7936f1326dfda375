package io.gerve.fileserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gerve.config.FileServerSettings;
import io.gerve.routing.FileServerHost;
import io.gerve.testing.RunningSshd;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Fixture with a real sshd and a pool of sessions to it. A test may replace either, and run commands on another host.
 */
final class PooledServer implements AutoCloseable {
    /** Generous timeout for a busy machine. Tests of quick operations use shorter ones. */
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Keepalive interval. A command is lost after three intervals without a reply. */
    static final Duration KEEPALIVE_INTERVAL = Duration.ofSeconds(2);

    private MeterRegistry registry = new SimpleMeterRegistry();
    private final Path home;
    private RunningSshd sshd;
    private FileServerPool pool;
    private FileServerHost host;

    /** Output and exit of a command. */
    record Result(RemoteExit ending, ByteArrayOutputStream stdout, ByteArrayOutputStream stderr) {
        String out() {
            return stdout.toString(UTF_8);
        }
    }

    double loginFailures() {
        return registry.get("gerve.pool.login.failures")
                .tag("host", host.name())
                .functionCounter()
                .count();
    }

    double sessions(String state) {
        return registry.get("gerve.pool.sessions")
                .tags("host", host.name(), "state", state)
                .gauge()
                .value();
    }

    /** @param home empty directory for all files of sshd */
    PooledServer(Path home) throws IOException {
        this.home = home;
        sshd = RunningSshd.withShell(home.resolve("sshd"));
        host = sshd.host("fs1a");
        pool = new FileServerPool(settings(2, 8, TIMEOUT, KEEPALIVE_INTERVAL), registry);
    }

    RunningSshd sshd() {
        return sshd;
    }

    FileServerPool pool() {
        return pool;
    }

    FileServerHost host() {
        return host;
    }

    FileServerSettings settings(int minIdle, int max, Duration connectTimeout, Duration keepaliveInterval) {
        return settings(minIdle, max, connectTimeout, keepaliveInterval, Duration.ofHours(1), 1_000_000);
    }

    FileServerSettings settings(
            int minIdle,
            int max,
            Duration connectTimeout,
            Duration keepaliveInterval,
            Duration maxLifetime,
            int maxUses) {
        return new FileServerSettings(
                sshd.user(),
                sshd.identity(),
                minIdle,
                max,
                connectTimeout,
                TIMEOUT,
                keepaliveInterval,
                maxLifetime,
                maxUses);
    }

    void usePool(FileServerSettings settings) {
        pool.close();
        registry = new SimpleMeterRegistry();
        pool = new FileServerPool(settings, registry);
    }

    /** Directs all further commands to the host. */
    void useHost(FileServerHost other) {
        host = other;
    }

    /** Replaces sshd by one with additional configuration lines. */
    void useSettingsOfSshd(String... lines) throws IOException {
        close();
        useSshd(RunningSshd.withShell(home.resolve("other"), lines));
    }

    /** Replaces sshd by one that runs git-shell, as on a file server. */
    void useGitShell() throws IOException {
        close();
        useSshd(RunningSshd.withGitShell(home.resolve("git")));
    }

    private void useSshd(RunningSshd other) {
        sshd = other;
        host = sshd.host("fs1a");
        usePool(settings(2, 8, TIMEOUT, KEEPALIVE_INTERVAL));
    }

    Result run(String command, byte[] stdin, Map<String, String> environment) throws Exception {
        var stdout = new ByteArrayOutputStream();
        var stderr = new ByteArrayOutputStream();
        try (var running = pool.start(host, command, environment, stdout, stderr)) {
            // A command that reads nothing may have ended already, and then even an empty write fails.
            if (stdin.length > 0) {
                try (var in = running.stdin()) {
                    in.write(stdin);
                }
            }
            return new Result(running.await(), stdout, stderr);
        }
    }

    Result run(String command) throws Exception {
        return run(command, new byte[0], Map.of());
    }

    /** @param output receives stdout and stderr of the command */
    RemoteCommand start(String command, OutputStream output) throws Exception {
        return pool.start(host, command, Map.of(), output, output);
    }

    /** Starts a command and discards its output. */
    RemoteCommand start(String command) throws Exception {
        return start(command, OutputStream.nullOutputStream());
    }

    /** Returns incompressible pseudo-random bytes, the same ones for each length. */
    static byte[] noise(int bytes) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(bytes);
        var noise = new byte[bytes];
        random.nextBytes(noise);
        return noise;
    }

    @Override
    public void close() throws IOException {
        pool.close();
        sshd.close();
    }
}
