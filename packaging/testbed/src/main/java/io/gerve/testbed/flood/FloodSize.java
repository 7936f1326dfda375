package io.gerve.testbed.flood;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Size of a flood.
 *
 * @param connections connections at one time
 * @param addresses addresses from which they come, 1 to 254
 */
public record FloodSize(int connections, int addresses) {
    /** Descriptors that this program, or a gate, needs for other things. */
    private static final int OTHER_DESCRIPTORS = 500;

    private static final Pattern OPEN_FILES = Pattern.compile("Max open files +(\\d+)");

    public FloodSize {
        if (connections < 1 || addresses < 1 || addresses > 254) {
            throw new IllegalArgumentException("Not a size of a flood: " + connections + ", " + addresses);
        }
    }

    /** @throws IOException if this program, and so a gate that it starts, may not open enough files */
    public void requireDescriptors() throws IOException {
        Matcher limit = OPEN_FILES.matcher(Files.readString(Path.of("/proc/self/limits")));
        int needed = connections + OTHER_DESCRIPTORS;
        if (limit.find() && Long.parseLong(limit.group(1)) < needed) {
            throw new IOException("%d connections need %d open files, and the limit is %s. Run: ulimit -n %d"
                    .formatted(connections, needed, limit.group(1), needed));
        }
    }
}
