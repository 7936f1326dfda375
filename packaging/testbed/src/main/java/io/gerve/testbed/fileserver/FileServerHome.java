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
        Path commands = Files.createDirectories(folder.resolve("git-shell-commands"));
        try (Stream<Path> shipped = Files.list(share.resolve("git-shell-commands"))) {
            for (Path command : shipped.toList()) {
                Files.copy(command, commands.resolve(command.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Files.copy(share.resolve("gitconfig"), folder.resolve(".gitconfig"));
        var home = new FileServerHome(folder);
        Path settings = Files.createDirectories(home.settings());
        Files.writeString(settings.resolve("authorized_keys"), gateKey + "\n");
        home.generateHostKey();
        home.writeLoginShell();
        return home;
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
