package io.gerve.testing;

import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.routing.FileServerHost;
import io.gerve.sql.testing.SupervisedProcess;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * File server for tests: sshd of OpenSSH on a free loopback port, run by the current user, with its own host key and
 * one authorized key. It ends with this JVM.
 */
public final class RunningSshd implements AutoCloseable {
    private static final String SSHD = "/usr/sbin/sshd";
    private static final Duration READY_MAX = Duration.ofSeconds(20);

    private final Path home;
    private final int port;
    private final PublicKey hostKey;
    private SupervisedProcess sshd;

    private RunningSshd(Path home, int port, PublicKey hostKey, SupervisedProcess sshd) {
        this.home = home;
        this.port = port;
        this.hostKey = hostKey;
        this.sshd = sshd;
    }

    /**
     * Starts an sshd that runs git-shell, as on a file server, in {@link #root()}.
     *
     * @param home empty directory for all its files
     * @param settings additional lines for sshd_config; they precede the default lines and so take precedence
     */
    public static RunningSshd withGitShell(Path home, String... settings) throws IOException {
        return start(home, "exec git-shell -c", List.of(settings));
    }

    /** Starts an sshd that runs any command in a shell. */
    public static RunningSshd withShell(Path home, String... settings) throws IOException {
        return start(home, "eval", List.of(settings));
    }

    private static RunningSshd start(Path home, String shell, List<String> settings) throws IOException {
        Files.createDirectories(home.resolve("root"));
        makeKey(home.resolve("host_key"));
        makeKey(home.resolve("gate_key"));
        Files.copy(home.resolve("gate_key.pub"), home.resolve("authorized_keys"));
        int port = freePort();
        Files.writeString(home.resolve("sshd_config"), config(home, port, shell, settings));
        return new RunningSshd(home, port, publicKey(home.resolve("host_key.pub")), launch(home, port));
    }

    /**
     * Returns the configuration. sshd uses the first of two lines with the same keyword, so the lines of the test come
     * first. sshd sets the home directory, not the command, so that a login shell does not read the start-up file of
     * its user.
     */
    private static String config(Path home, int port, String shell, List<String> settings) {
        return String.join("\n", settings) + """

                ListenAddress 127.0.0.1:%2$d
                HostKey %1$s/host_key
                AuthorizedKeysFile %1$s/authorized_keys
                PidFile none
                SetEnv "HOME=%1$s/root"
                ForceCommand cd && %3$s "$SSH_ORIGINAL_COMMAND"
                AcceptEnv GIT_PROTOCOL GERVE_*
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PermitRootLogin yes
                StrictModes no
                UsePAM no
                UseDNS no
                PrintMotd no
                MaxStartups 500:30:1000
                LogLevel VERBOSE
                """.formatted(home, port, shell);
    }

    private static SupervisedProcess launch(Path home, int port) throws IOException {
        if (Files.isWritable(Path.of("/run"))) {
            Files.createDirectories(Path.of("/run/sshd")); // required by an sshd that runs as root
        }
        var sshd = SupervisedProcess.start(
                List.of(SSHD, "-D", "-e", "-f", home.resolve("sshd_config").toString()), home.resolve("log"));
        sshd.awaitReady(READY_MAX, () -> {
            try (var probe = new Socket()) {
                probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            }
        });
        return sshd;
    }

    public FileServerHost host(String name) {
        return host(name, hostKey);
    }

    /** Returns the host with another pinned key. */
    public FileServerHost host(String name, PublicKey pinnedKey) {
        return new FileServerHost(name, "127.0.0.1", port, pinnedKey);
    }

    public int port() {
        return port;
    }

    public PublicKey hostKey() {
        return hostKey;
    }

    /** Returns the account of the authorized key. */
    public String user() {
        return System.getProperty("user.name");
    }

    /** Returns the file of the authorized private key, which has no passphrase. */
    public Path identity() {
        return home.resolve("gate_key");
    }

    /** Returns the home and working directory of every command; repositories are below it. */
    public Path root() {
        return home.resolve("root");
    }

    /** Returns the log of sshd, at level VERBOSE. */
    public String log() throws IOException {
        return Files.readString(home.resolve("log"));
    }

    /** Returns the number of connections. */
    public int connections() {
        return Math.toIntExact(ProcessHandle.of(sshd.pid()).stream()
                .flatMap(ProcessHandle::children)
                .count());
    }

    /** Kills sshd and every connection with its command. */
    public void kill() throws IOException {
        var all = processes();
        sshd.kill();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    /** Restarts sshd with the same keys on the same port. */
    public void restart() throws IOException {
        kill();
        sshd.close();
        sshd = launch(home, port);
    }

    /** Stops sshd and every connection with SIGSTOP. A connect still succeeds, but gets no reply. */
    public void freeze() throws IOException {
        signalAll("STOP");
    }

    public void thaw() throws IOException {
        signalAll("CONT");
    }

    @Override
    public void close() throws IOException {
        var all = processes();
        sshd.close();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private List<ProcessHandle> processes() {
        return ProcessHandle.of(sshd.pid()).stream()
                .flatMap(listener -> Stream.concat(Stream.of(listener), listener.descendants()))
                .toList();
    }

    private void signalAll(String signal) throws IOException {
        for (var process : processes()) {
            // A process that has just ended needs no signal.
            run("sh", "-c", "kill -%1$s %2$d || ! kill -0 %2$d".formatted(signal, process.pid()));
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void makeKey(Path file) throws IOException {
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file.toString());
    }

    private static PublicKey publicKey(Path file) throws IOException {
        try {
            return PublicKey.ofLine(Files.readString(file).strip());
        } catch (InvalidKey e) {
            throw new IOException("ssh-keygen wrote " + file, e);
        }
    }

    private static void run(String... command) throws IOException {
        try {
            var process = new ProcessBuilder(command).inheritIO().start();
            if (!process.waitFor(READY_MAX.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " failed");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(String.join(" ", command));
        }
    }
}
