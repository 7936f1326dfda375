package io.gerve.fileserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gerve.config.FileServerSettings;
import io.gerve.routing.FileServerHost;
import io.gerve.testing.RunningSshd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** A real sshd and a pool of sessions to it. A test may put others in their place, and tell the pool of another host. */
final class PooledServer implements AutoCloseable {
    /** For a machine that is busy with other things; what must be quick has a shorter one. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** After three of them without an answer a command is lost. */
    static final Duration HEARTBEAT = Duration.ofSeconds(2);

    private final Path home;
    private RunningSshd sshd;
    private FileServerPool pool;
    private FileServerHost host;

    /** What a command said and how it ended. */
    record Result(RemoteExit ending, ByteArrayOutputStream stdout, ByteArrayOutputStream stderr) {
        String out() {
            return stdout.toString(UTF_8);
        }
    }

    /** @param home an empty directory for all of sshd's files */
    PooledServer(Path home) throws IOException {
        this.home = home;
        sshd = RunningSshd.withShell(home.resolve("sshd"));
        host = sshd.host("fs1a");
        pool = new FileServerPool(settings(2, 8, PATIENCE, HEARTBEAT));
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

    FileServerSettings settings(int ready, int max, Duration connectTimeout, Duration heartbeat) {
        return settings(ready, max, connectTimeout, heartbeat, Duration.ofHours(1), 1_000_000);
    }

    FileServerSettings settings(
            int ready, int max, Duration connectTimeout, Duration heartbeat, Duration ageMax, int commandsMax) {
        return new FileServerSettings(
                sshd.user(), sshd.identity(), ready, max, connectTimeout, PATIENCE, heartbeat, ageMax, commandsMax);
    }

    void usePool(FileServerSettings settings) {
        pool.close();
        pool = new FileServerPool(settings);
    }

    /** Every command from now on is for that host. */
    void useHost(FileServerHost other) {
        host = other;
    }

    /** Starts sshd anew with these lines in its configuration. */
    void useSettingsOfSshd(String... lines) throws IOException {
        close();
        useSshd(RunningSshd.withShell(home.resolve("other"), lines));
    }

    /** Starts one that runs git-shell, as on a file server. */
    void useGitShell() throws IOException {
        close();
        useSshd(RunningSshd.withGitShell(home.resolve("git")));
    }

    private void useSshd(RunningSshd other) {
        sshd = other;
        host = sshd.host("fs1a");
        usePool(settings(2, 8, PATIENCE, HEARTBEAT));
    }

    Result run(String command, byte[] stdin, Map<String, String> environment) throws Exception {
        var stdout = new ByteArrayOutputStream();
        var stderr = new ByteArrayOutputStream();
        try (var running = pool.start(host, command, environment, stdout, stderr)) {
            // A command that reads nothing may have ended by now, and then takes not even an empty write.
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

    /** @param output takes both of what the command writes */
    RemoteCommand start(String command, OutputStream output) throws Exception {
        return pool.start(host, command, Map.of(), output, output);
    }

    /** Nobody reads what it writes. */
    RemoteCommand start(String command) throws Exception {
        return start(command, OutputStream.nullOutputStream());
    }

    /** The same bytes every time, which cannot be guessed or compressed. */
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
