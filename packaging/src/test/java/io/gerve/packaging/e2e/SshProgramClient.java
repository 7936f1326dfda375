package io.gerve.packaging.e2e;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Git with another program in the place of ssh.
 *
 * @param shell shell with the port of the gate in {@code CLIENT_PORT}
 * @param versionCommand command that prints the version
 * @param sshCommand shell command that runs the program with the arguments {@code "$@"}, which are the login and the
 *     command, and with the key in {@code $CLIENT_KEY}
 */
record SshProgramClient(Shell shell, String name, String versionCommand, String sshCommand) implements GitClient {
    @Override
    public String version() throws Exception {
        return shell.run(versionCommand).orThrow().output().lines().findFirst().orElseThrow();
    }

    @Override
    public CommandResult run(Operation operation, Target target) throws Exception {
        String url = "git@127.0.0.1:" + target.repository() + ".git";
        Path folder = target.folder();
        String git = switch (operation) {
            case LIST -> "git ls-remote -q " + url;
            case CLONE -> "git clone -q %s %s".formatted(url, folder);
            case FETCH -> "git -C %s fetch -q origin".formatted(folder);
            case PUSH -> "git -C %s push -q origin main:%s".formatted(folder, target.branch());
        };
        return shell.with("GIT_SSH_COMMAND", wrapper().toString())
                .with("GIT_SSH_VARIANT", "simple")
                .with("CLIENT_KEY", target.key().toString())
                .run(git);
    }

    private Path wrapper() throws IOException {
        Path file = shell.folder().resolve("ssh-of-" + name.replaceAll("[^a-zA-Z0-9]+", "-"));
        if (!Files.exists(file)) {
            Files.writeString(file, "#!/bin/sh\nexec " + sshCommand + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return file;
    }
}
