package io.gerve.packaging.fileserver;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.RunningProgram;
import io.gerve.testbed.process.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * Mount namespace of this machine with its own /etc, /srv and /run, which a test may change. Only root can create it.
 */
final class BareBox implements AutoCloseable {
    private static final String MOUNTS = """
            set -e
            mount -t tmpfs -o mode=755 none /srv
            cp -a /etc /srv/.etc
            mount --bind /srv/.etc /etc
            mount -t tmpfs -o mode=755 none /run
            rm -f /etc/ssh/ssh_host_* /etc/ssh/sshd_config.d/*
            ssh-keygen -q -A
            echo ready
            exec sleep 600
            """;

    private final Programs programs = new Programs();
    private final Shell shell;
    private final RunningProgram holder;

    BareBox(Path folder) throws Exception {
        this.shell = new Shell(folder, Map.of(), Duration.ofMinutes(5));
        Path script = Files.writeString(folder.resolve("bare-box"), MOUNTS);
        this.holder = programs.start(
                List.of("unshare", "--mount", "sh", script.toString()), Map.of(), folder.resolve("bare-box.log"));
        try {
            Awaitility.await().until(() -> holder.log().contains("ready"));
        } catch (RuntimeException e) {
            throw new IllegalStateException("Cannot create a mount namespace: " + holder.log(), e);
        }
    }

    /** Runs a command line with sh in the namespace, as root. */
    CommandResult run(String line) throws Exception {
        return shell.run(enter() + " sh -c '" + line.replace("'", "'\\''") + "'");
    }

    RunningProgram start(String program, Path log) throws Exception {
        return programs.start(List.of("sh", "-c", "exec " + enter() + " " + program), Map.of(), log);
    }

    /**
     * Returns the command that enters the namespace. setsid(1) and unshare(1) replace themselves, so the process ID is
     * that of sh.
     */
    private String enter() {
        return "nsenter --mount --target " + holder.pid();
    }

    @Override
    public void close() {
        holder.close();
    }
}
