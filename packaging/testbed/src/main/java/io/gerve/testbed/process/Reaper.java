package io.gerve.testbed.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Ends the watched programs when this JVM is gone, even if it was killed: a shell that waits for the end of its standard input, which
 * the kernel closes in any case. Safe for use by many threads.
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

    private final OutputStream orders;

    Reaper() {
        try {
            // In a session of its own, so that the terminal's Ctrl-C does not end it before its time.
            orders = new ProcessBuilder(List.of("setsid", "sh", "-c", SCRIPT))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .getOutputStream();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start setsid and sh", e);
        }
    }

    void watch(Process process) {
        order("watch " + process.pid());
    }

    /** For a process that has ended: its number may be another's from now on. */
    void forget(Process process) {
        order("forget " + process.pid());
    }

    private synchronized void order(String line) {
        try {
            orders.write((line + '\n').getBytes(StandardCharsets.US_ASCII));
            orders.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the reaper was killed", e);
        }
    }
}
