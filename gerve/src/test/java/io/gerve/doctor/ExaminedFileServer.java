package io.gerve.doctor;

import io.gerve.testing.RunningSshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * File server whose home is as packaging/file-server/setup makes it, for the user who runs the tests. Its
 * gerve-repository looks for programs in the folder {@code fake} first, and reads sshd's settings from the home.
 */
final class ExaminedFileServer implements AutoCloseable {
    private static final Path SHARE = Path.of("../packaging/file-server");

    private final RunningSshd sshd;

    private ExaminedFileServer(RunningSshd sshd) {
        this.sshd = sshd;
    }

    static ExaminedFileServer start(Path home) throws IOException {
        var started = new ExaminedFileServer(RunningSshd.withGitShell(home));
        started.setUp();
        return started;
    }

    private void setUp() throws IOException {
        Path home = sshd.root();
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-x---"));
        for (char digit : "0123456789abcdef".toCharArray()) {
            Files.createDirectory(home.resolve(String.valueOf(digit)));
        }
        Files.createDirectory(home.resolve(".gerve-trash"));
        Files.createDirectory(fake());
        Files.copy(SHARE.resolve("gitconfig"), home.resolve(".gitconfig"));
        Files.writeString(
                sshdSettings(),
                Files.readString(SHARE.resolve("sshd_config.d-gerve.conf")).replace("@USER@", sshd.user()));
        Files.createDirectory(command().getParent());
        Path command = command();
        Files.copy(SHARE.resolve("git-shell-commands/gerve-repository"), command, StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(
                command,
                Files.readString(command)
                        .replace(
                                "/etc/ssh/sshd_config.d/gerve.conf",
                                sshdSettings().toString())
                        .replace("PATH=/usr/local/bin:", "PATH=" + fake() + ":/usr/local/bin:"));
    }

    /** Returns the folder of programs that are used in place of the machine's. */
    Path fake() {
        return sshd.root().resolve("fake");
    }

    /** Makes a program of the host print the text, or fail if it is empty. */
    void fake(String program, String output) throws IOException {
        Path file = Files.writeString(
                fake().resolve(program),
                output.isEmpty() ? "#!/bin/sh\nexit 1\n" : "#!/bin/sh\necho '" + output + "'\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    void unfake(String program) throws IOException {
        Files.delete(fake().resolve(program));
    }

    /** Returns the script gerve-repository. */
    Path command() {
        return sshd.root().resolve("git-shell-commands/gerve-repository");
    }

    Path sshdSettings() {
        return sshd.root().resolve("gerve.conf");
    }

    Path home() {
        return sshd.root();
    }

    RunningSshd sshd() {
        return sshd;
    }

    @Override
    public void close() throws IOException {
        sshd.close();
    }
}
