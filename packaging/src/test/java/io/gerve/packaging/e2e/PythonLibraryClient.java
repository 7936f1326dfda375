package io.gerve.packaging.e2e;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Shell;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Git client that a Python script makes of a library.
 *
 * @param script see its first line for the arguments
 */
record PythonLibraryClient(Shell shell, String name, int port, Path script) implements GitClient {
    @Override
    public String version() throws Exception {
        return shell.run("/usr/bin/python3 -W ignore %s version".formatted(script))
                .orThrow()
                .output()
                .strip();
    }

    @Override
    public CommandResult run(Operation operation, Target target) throws Exception {
        return shell.run("/usr/bin/python3 -W ignore %s %s ssh://git@127.0.0.1:%d/%s.git %s %s %s"
                .formatted(
                        script,
                        operation.name().toLowerCase(Locale.ROOT),
                        port,
                        target.repository(),
                        target.folder(),
                        target.key(),
                        target.branch()));
    }
}
