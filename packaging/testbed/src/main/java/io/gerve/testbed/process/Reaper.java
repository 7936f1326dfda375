package io.gerve.testbed.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Shell process that kills the watched programs when this JVM ends, even if the JVM was killed. It waits for the end of
 * its standard input, which the kernel closes in any case. Safe for use by many threads.
 */
final class Reaper {
    private static final String SCRIPT = """
            watched=' '
            while read -r verb pid; do
                case $verb in
                    watch) watched="$watched$pid " ;;
                    forget) watched="${watched%% $pid *} ${watched#* $pid }" ;;
                esac
            done
            for pid in $watched; do kill -KILL "$pid" 2>/dev/null; done
            """;

    private final OutputStream commands;

    Reaper() {
        try {
            // In a session of its own, so that the terminal's Ctrl-C does not end it.
            commands = new ProcessBuilder(List.of("setsid", "sh", "-c", SCRIPT))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start setsid and sh", e);
        }
    }

    void watch(Process process) {
        send("watch " + process.pid());
    }

    /** Removes a process that has ended, since the kernel may give its process ID to another one. */
    void forget(Process process) {
        send("forget " + process.pid());
    }

    private synchronized void send(String line) {
        try {
            commands.write((line + '\n').getBytes(StandardCharsets.US_ASCII));
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("The reaper process was killed", e);
        }
    }
}
