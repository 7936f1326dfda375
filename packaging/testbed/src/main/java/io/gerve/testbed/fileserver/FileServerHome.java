package io.gerve.testbed.fileserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * Home of a file server's git user, set up from the distribution's {@code share/file-server} as its {@code setup} does,
 * but without root.
 *
 * @param folder the home
 */
public record FileServerHome(Path folder) {
    /**
     * @param share the distribution's {@code share/file-server}
     * @param gateKey the gate's public key, as in an authorized_keys file
     */
    public static FileServerHome create(Path folder, Path share, String gateKey)
            throws IOException, InterruptedException {
        var home = new FileServerHome(Files.createDirectories(folder));
        home.copyCommands(share.resolve("git-shell-commands"));
        home.createFolders();
        Files.copy(share.resolve("gitconfig"), folder.resolve(".gitconfig"));
        Path settings = Files.createDirectories(home.settings());
        Files.writeString(
                home.sshdSettings(),
                Files.readString(share.resolve("sshd_config.d-gerve.conf"))
                        .replace("@USER@", System.getProperty("user.name")));
        Files.writeString(settings.resolve("authorized_keys"), gateKey + "\n");
        home.generateHostKey();
        home.writeLoginShell();
        return home;
    }

    /** Copies the commands. gerve-repository reports the settings of this file server's sshd, not those of the machine's. */
    private void copyCommands(Path shipped) throws IOException {
        Path commands = Files.createDirectories(folder.resolve("git-shell-commands"));
        try (Stream<Path> files = Files.list(shipped)) {
            for (Path file : files.toList()) {
                Path copy = commands.resolve(file.getFileName());
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
                Files.writeString(
                        copy,
                        Files.readString(copy)
                                .replace(
                                        "/etc/ssh/sshd_config.d/gerve.conf",
                                        sshdSettings().toString()));
            }
        }
    }

    private void createFolders() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
        for (String name : "0 1 2 3 4 5 6 7 8 9 a b c d e f".split(" ", -1)) {
            Files.createDirectories(folder.resolve(name));
        }
        Files.createDirectories(folder.resolve(".gerve-trash"));
    }

    /** Returns the file of the settings that setup writes. */
    Path sshdSettings() {
        return settings().resolve("gerve.conf");
    }

    /** Returns the folder of sshd's files, which is outside the folder that git serves. */
    Path settings() {
        return folder.resolveSibling(folder.getFileName() + ".sshd");
    }

    Path hostKeyFile() {
        return settings().resolve("host_key");
    }

    Path authorizedKeys() {
        return settings().resolve("authorized_keys");
    }

    /** Returns the script that runs {@code git-shell -c} on its one argument, in the home. */
    Path loginShell() {
        return settings().resolve("login-shell");
    }

    Path log() {
        return settings().resolve("log");
    }

    /** Returns the public host key: {@code ssh-ed25519 AAAA…}. */
    public String hostKey() throws IOException {
        String[] fields = Files.readString(settings().resolve("host_key.pub")).split(" ", -1);
        return fields[0] + " " + fields[1].strip();
    }

    private void generateHostKey() throws IOException, InterruptedException {
        var command = List.of(
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-C",
                "",
                "-f",
                hostKeyFile().toString());
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("ssh-keygen cannot generate a host key");
        }
    }

    private void writeLoginShell() throws IOException {
        Files.writeString(loginShell(), """
            #!/bin/sh
            # The home of a file server's git user is this folder, not the home of the user who runs the quickstart.
            unset GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM XDG_CONFIG_HOME
            export HOME='%s' GIT_CONFIG_NOSYSTEM=1
            cd "$HOME" && exec git-shell ${1:+-c "$1"}
            """.formatted(folder));
        Files.setPosixFilePermissions(loginShell(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
