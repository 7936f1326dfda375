package io.gerve.ssh;

import io.gerve.config.FrontendSettings;
import io.gerve.config.FrontendSettings.Limits;
import io.gerve.config.FrontendSettings.Timeouts;
import io.gerve.config.IpNetwork;
import io.gerve.config.algorithm.AlgorithmProfile;
import io.gerve.config.algorithm.AlgorithmSettings;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.login.RefusedLogin;
import io.gerve.ssh.transport.FairQueue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Fixture that runs a frontend on a free port, with one registered Ed25519 key, and OpenSSH clients against it. */
final class RunningFrontend implements AutoCloseable {
    static final AlgorithmSettings ALGORITHMS = AlgorithmSettings.of(AlgorithmProfile.COMPATIBLE);
    static final Limits LIMITS = new Limits(128, 500, 200, 100, 50, 10, 10);
    static final Timeouts TIMEOUTS = new Timeouts(
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofHours(1),
            Duration.ofMinutes(10),
            Duration.ofMinutes(10));

    final Path home;
    final RegisteredKeys keys = new RegisteredKeys();
    final SampleCommands commands = new SampleCommands();
    /** Bounded, so that adding to a full queue fails. */
    final BlockingQueue<RefusedLogin> refusedLogins = new LinkedBlockingQueue<>(100);

    final FairQueue loginExchanges = new FairQueue(1, new FairQueue.Rate(1000, Duration.ofSeconds(1)));
    final SshKey user;
    private final MeterRegistry registry = new SimpleMeterRegistry();
    final SshListener listener;

    RunningFrontend(Path home) throws Exception {
        this(home, LIMITS, TIMEOUTS, List.of(), RekeyLimit.RECOMMENDED);
    }

    RunningFrontend(Path home, Limits limits, Timeouts timeouts, List<IpNetwork> trustedProxies, RekeyLimit rekeyLimit)
            throws Exception {
        this(home, limits, timeouts, trustedProxies, rekeyLimit, null);
    }

    RunningFrontend(
            Path home,
            Limits limits,
            Timeouts timeouts,
            List<IpNetwork> trustedProxies,
            RekeyLimit rekeyLimit,
            @Nullable KeyDirectory otherKeys)
            throws Exception {
        this(
                home,
                key -> new FrontendSettings(
                        listen(), List.of(key), trustedProxies, ALGORITHMS, false, limits, timeouts),
                rekeyLimit,
                otherKeys);
    }

    private RunningFrontend(
            Path home,
            Function<Path, FrontendSettings> settings,
            RekeyLimit rekeyLimit,
            @Nullable KeyDirectory otherKeys)
            throws Exception {
        this.home = home;
        this.user = SshKey.generate(home, "user", "ed25519");
        keys.register(user.fingerprint());
        SshKey ed25519 = SshKey.generate(home, "host_ed25519", "ed25519");
        this.listener = new SshListener(
                settings.apply(ed25519.file()),
                otherKeys == null ? keys : otherKeys,
                commands,
                refusedLogins::add,
                registry,
                rekeyLimit,
                loginExchanges);
    }

    static RunningFrontend with(Path home, Limits limits, Timeouts timeouts) throws Exception {
        return new RunningFrontend(home, limits, timeouts, List.of(), RekeyLimit.RECOMMENDED);
    }

    static RunningFrontend hidingRegisteredKeys(Path home) throws Exception {
        return new RunningFrontend(
                home,
                key -> new FrontendSettings(listen(), List.of(key), List.of(), ALGORITHMS, true, LIMITS, TIMEOUTS),
                RekeyLimit.RECOMMENDED,
                null);
    }

    private static InetSocketAddress listen() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    MeterRegistry registry() {
        return registry;
    }

    int port() {
        return listener.port();
    }

    List<String> ssh(SshKey key, List<String> options, String... command) {
        List<String> line = new ArrayList<>(List.of(
                "ssh",
                "-F",
                "none",
                "-p",
                Integer.toString(port()),
                "-i",
                key.file().toString(),
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=" + home.resolve("known_hosts"),
                "-o",
                "BatchMode=yes",
                "-o",
                "LogLevel=INFO",
                "-o",
                "PreferredAuthentications=publickey"));
        line.addAll(options);
        line.add("git@127.0.0.1");
        line.addAll(List.of(command));
        return line;
    }

    CommandResult run(String... command) throws Exception {
        return run(user, List.of(), new byte[0], command);
    }

    CommandResult run(SshKey key, List<String> options, byte[] stdin, String... command) throws Exception {
        return CommandResult.of(ssh(key, options, command), stdin);
    }

    Process start(String... command) throws IOException {
        return new ProcessBuilder(ssh(user, List.of(), command)).start();
    }

    @Override
    public void close() {
        listener.close();
    }

    /** Exit status and output of a client program. */
    static final class CommandResult {
        private final int status;
        private final byte[] stdout;
        private final String stderr;

        private CommandResult(int status, byte[] stdout, String stderr) {
            this.status = status;
            this.stdout = stdout;
            this.stderr = stderr;
        }

        int status() {
            return status;
        }

        byte[] stdout() {
            return stdout;
        }

        String stderr() {
            return stderr;
        }

        String text() {
            return new String(stdout, StandardCharsets.UTF_8);
        }

        static CommandResult of(List<String> line, byte[] stdin) throws Exception {
            Process process = new ProcessBuilder(line).start();
            try {
                CompletableFuture<byte[]> out = reading(process.getInputStream());
                CompletableFuture<byte[]> err = reading(process.getErrorStream());
                try (var in = process.getOutputStream()) {
                    in.write(stdin);
                } catch (IOException e) {
                    // The client ended before it read all its input. Its status and stderr give the reason.
                }
                if (!process.waitFor(60, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("Still running after a minute: " + line);
                }
                return new CommandResult(
                        process.exitValue(), out.join(), new String(err.join(), StandardCharsets.UTF_8));
            } finally {
                process.destroyForcibly();
            }
        }

        private static CompletableFuture<byte[]> reading(InputStream from) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            ByteArrayOutputStream all = new ByteArrayOutputStream();
                            from.transferTo(all);
                            return all.toByteArray();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    task -> Thread.ofVirtual().start(task));
        }
    }
}
