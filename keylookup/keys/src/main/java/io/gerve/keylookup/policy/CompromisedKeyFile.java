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
 * File that lists compromised keys. It is read again when it changes. While it is unreadable or invalid, the last valid
 * list stays in effect, so that an editing error does not admit compromised keys. Safe for use by many threads.
 */
final class CompromisedKeyFile {
    private static final Logger LOG = LoggerFactory.getLogger(CompromisedKeyFile.class);
    private static final long CHECK_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path file;
    private final LongSupplier nanoTime;
    private final AtomicLong checkedAt;
    private volatile Content current;

    /** @throws IllegalArgumentException if the file cannot be read or contains an invalid line */
    CompromisedKeyFile(Path file, LongSupplier nanoTime) {
        this.file = file;
        this.nanoTime = nanoTime;
        this.checkedAt = new AtomicLong(nanoTime.getAsLong());
        try {
            Version version = version();
            this.current = new Content(version, read());
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the list of compromised keys: " + e, e);
        }
    }

    CompromisedKeyList keys() {
        long before = checkedAt.get();
        long now = nanoTime.getAsLong();
        if (now - before >= CHECK_INTERVAL_NANOS && checkedAt.compareAndSet(before, now)) {
            reloadIfChanged();
        }
        return current.keys();
    }

    private void reloadIfChanged() {
        Content loaded = current;
        try {
            Version version = version();
            if (!version.equals(loaded.version())) {
                current = new Content(version, readOr(loaded.keys()));
            }
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("cause", e.toString())
                    .log("Cannot read list of compromised keys, keeping the last valid list");
        }
    }

    private CompromisedKeyList readOr(CompromisedKeyList lastValid) throws IOException {
        try {
            CompromisedKeyList keys = read();
            LOG.atInfo()
                    .addKeyValue("file", file)
                    .addKeyValue("keys", keys.size())
                    .log("List of compromised keys reloaded");
            return keys;
        } catch (IllegalArgumentException e) {
            LOG.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("cause", e.getMessage())
                    .log("Invalid list of compromised keys, keeping the last valid list");
            return lastValid;
        }
    }

    private CompromisedKeyList read() throws IOException {
        return CompromisedKeyList.parse(file.toString(), Files.readString(file));
    }

    private Version version() throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    /** Attributes that change when the file is edited or replaced. */
    private record Version(
            FileTime modified, long size, @Nullable Object file) {}

    private record Content(Version version, CompromisedKeyList keys) {}
}
