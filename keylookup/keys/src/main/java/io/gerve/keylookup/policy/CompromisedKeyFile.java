package io.gerve.keylookup.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of compromised keys, read again when it changed. What was read last holds while it cannot be read or is wrong, so that a
 * slip of the pen lets nobody in. Safe for use by many threads.
 */
final class CompromisedKeyFile {
    private static final Logger LOG = LoggerFactory.getLogger(CompromisedKeyFile.class);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path file;
    private final LongSupplier nanoTime;
    private final AtomicLong lookedAt;
    private volatile Reading last;

    /** @throws IllegalArgumentException if it cannot be read, or holds a wrong line */
    CompromisedKeyFile(Path file, LongSupplier nanoTime) {
        this.file = file;
        this.nanoTime = nanoTime;
        this.lookedAt = new AtomicLong(nanoTime.getAsLong());
        try {
            Mark mark = mark();
            this.last = new Reading(mark, read());
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the list of compromised keys: " + e, e);
        }
    }

    CompromisedKeyList keys() {
        long before = lookedAt.get();
        long now = nanoTime.getAsLong();
        if (now - before >= INTERVAL_NANOS && lookedAt.compareAndSet(before, now)) {
            look();
        }
        return last.keys();
    }

    private void look() {
        Reading known = last;
        try {
            Mark mark = mark();
            if (!mark.equals(known.mark())) {
                last = new Reading(mark, readOr(known.keys()));
            }
        } catch (IOException e) {
            LOG.warn("The list of compromised keys cannot be read; what it said before holds: {}", e.toString());
        }
    }

    private CompromisedKeyList readOr(CompromisedKeyList before) throws IOException {
        try {
            CompromisedKeyList keys = read();
            LOG.atInfo().addKeyValue("keys", keys.size()).log("the list of compromised keys was read again");
            return keys;
        } catch (IllegalArgumentException e) {
            LOG.warn("The list of compromised keys is wrong; what it said before holds: {}", e.getMessage());
            return before;
        }
    }

    private CompromisedKeyList read() throws IOException {
        return CompromisedKeyList.parse(file.toString(), Files.readString(file));
    }

    private Mark mark() throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Mark(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    /** By which a change is noticed: a file that was put in its place is another file. */
    private record Mark(
            FileTime modified, long size, @Nullable Object file) {}

    private record Reading(Mark mark, CompromisedKeyList keys) {}
}
