package io.gerve.testbed.site;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** What is going on, for a person who waits. */
public final class Progress {
    private final PrintStream out;
    private final Instant start = Instant.now();

    public Progress(PrintStream out) {
        this.out = out;
    }

    public void report(String sentence) {
        out.printf("[%3d s] %s%n", Duration.between(start, Instant.now()).toSeconds(), sentence);
        out.flush();
    }
}
