package io.gerve.testbed.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Processor time of a process and its children (proc(5), {@code /proc/pid/stat}). */
final class ProcessorTime {
    /** The kernel counts in hundredths of a second on every platform (USER_HZ). */
    private static final Duration TICK = Duration.ofMillis(10);

    /**
     * Index of field 14, the first of four. The list of fields begins with field 3, after the command's closing
     * bracket.
     */
    private static final int FIRST = 11;

    private ProcessorTime() {}

    /** Returns the processor time of the process and of those of its children that have ended and been waited for. */
    static Duration of(long pid) {
        String stat = read(Path.of("/proc", Long.toString(pid), "stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        long ticks = fields.subList(FIRST, FIRST + 4).stream()
                .mapToLong(Long::parseLong)
                .sum();
        return TICK.multipliedBy(ticks);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("The frontend process has ended", e);
        }
    }
}
