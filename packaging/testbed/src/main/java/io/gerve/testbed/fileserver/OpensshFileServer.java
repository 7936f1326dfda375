package io.gerve.testbed.fileserver;

import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** File server on OpenSSH's sshd, which needs no root to serve the user that started it. */
public final class OpensshFileServer implements LocalFileServer {
    private static final String USER = System.getProperty("user.name");

    private final FileServerHome home;
    private final int port;
    private final Path sshd;
    private final Programs programs;
    private final RunningProgram program;

    private OpensshFileServer(FileServerHome home, int port, Path sshd, Programs programs) throws IOException {
        this.home = home;
        this.port = port;
        this.sshd = sshd;
        this.programs = programs;
        Path config = home.settings().resolve("sshd_config");
        Files.writeString(config, config());
        if (USER.equals("root")) {
            // sshd requires this folder when root starts it. The first start of the system's sshd creates it.
            Files.createDirectories(Path.of("/run/sshd"));
        }
        this.program =
                programs.start(List.of(sshd.toString(), "-D", "-e", "-f", config.toString()), Map.of(), home.log());
    }

    public static OpensshFileServer start(FileServerHome home, int port, Path sshd, Programs programs)
            throws IOException {
        return new OpensshFileServer(home, port, sshd, programs);
    }

    /** Returns the path of sshd, or empty if OpenSSH's server is not installed. */
    public static Optional<Path> installedSshd() {
        return Stream.of("/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Returns the configuration. Here the login shell is that of the current user and not git-shell. Bash reads its
     * start-up file when sshd starts it, which may be slow and print text; with another HOME there is none.
     */
    private String config() {
        return """
                ListenAddress 127.0.0.1:%d
                HostKey %s
                PidFile none
                AuthorizedKeysFile %s
                PermitRootLogin prohibit-password
                StrictModes no
                UsePAM no
                PrintMotd no
                MaxSessions 10
                SetEnv "HOME=%s"
                ForceCommand %s "$SSH_ORIGINAL_COMMAND"
                Include %s
                """.formatted(
                port, home.hostKeyFile(), home.authorizedKeys(), home.folder(), home.loginShell(), home.sshdSettings());
    }

    @Override
    public FileServerHome home() {
        return home;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String user() {
        return USER;
    }

    public RunningProgram program() {
        return program;
    }

    @Override
    public void kill() throws IOException, InterruptedException {
        program.kill();
    }

    @Override
    public LocalFileServer startAgain() throws IOException {
        return new OpensshFileServer(home, port, sshd, programs);
    }

    @Override
    public Path log() {
        return home.log();
    }

    @Override
    public void close() {
        program.close();
    }
}
