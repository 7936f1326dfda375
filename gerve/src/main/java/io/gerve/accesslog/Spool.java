package io.gerve.accesslog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in files that are to be sent to the database, in the order in which they came. Each process adds to files of its own; those that
 * a process left behind are taken over by the next one that starts. Safe for one thread that adds and one that sends.
 */
final class Spool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final String SUFFIX = ".spool";

    private final Path folder;
    private final long bytesMax;
    private final InstantSource clock;
    private final Entries entries;
    private final Deque<SpoolSegment> segments = new ArrayDeque<>();
    private SpoolSegment.Batch pending = new SpoolSegment.Batch(List.of(), 0);
    /** Whether the last one is this process's; those of others are only read. */
    private boolean ownIsOpen;

    private Spool(Path folder, long bytesMax, InstantSource clock, Entries entries) {
        this.folder = folder;
        this.bytesMax = bytesMax;
        this.clock = clock;
        this.entries = entries;
    }

    /** What a folder holds, which is to be on the disk as its files' contents are. */
    interface Entries {
        void force(Path folder) throws IOException;
    }

    /** @throws IOException if the folder cannot be made or written to; the message says which */
    static Spool open(Path folder, long bytesMax, InstantSource clock) throws IOException {
        return open(folder, bytesMax, clock, Spool::forceEntries);
    }

    static Spool open(Path folder, long bytesMax, InstantSource clock, Entries entries) throws IOException {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new IOException("audit.spool: cannot make the folder " + folder + ": " + e.getMessage(), e);
        }
        if (!Files.isWritable(folder)) {
            throw new IOException("audit.spool: this user may not write to " + folder);
        }
        var spool = new Spool(folder, bytesMax, clock, entries);
        spool.adopt();
        return spool;
    }

    private void adopt() throws IOException {
        List<Path> left;
        try (Stream<Path> files = Files.list(folder)) {
            left = files.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
        for (Path file : left) {
            adopt(file);
        }
        if (bytes() > 0) {
            LOG.atWarn()
                    .addKeyValue("bytes", bytes())
                    .log("records of an earlier run are in the spool, and are sent first");
        }
    }

    private void adopt(Path file) {
        try {
            SpoolSegment.adopt(file).ifPresent(segments::add);
        } catch (NoSuchFileException _) {
            // Another process, whose it was, has sent all of it meanwhile.
        } catch (IOException e) {
            LOG.atError()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("a file of the spool cannot be opened: the records in it are not sent");
        }
    }

    synchronized long bytes() throws IOException {
        long sum = 0;
        for (SpoolSegment segment : segments) {
            sum += segment.size();
        }
        return sum;
    }

    /**
     * Adds records, which outlast this process when it returns, and a power cut after {@link #force}.
     *
     * @return how many fitted in; the others are not in it
     */
    synchronized int append(List<AccessLogRecord> records) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        long room = bytesMax - bytes();
        int length = 0;
        for (AccessLogRecord record : records) {
            byte[] frame = SpoolSegment.frame(record);
            if (length + frame.length > room) {
                break;
            }
            frames.add(frame);
            length += frame.length;
        }
        if (!frames.isEmpty()) {
            ByteBuffer all = ByteBuffer.allocate(length);
            frames.forEach(all::put);
            own().append(all.flip());
        }
        return frames.size();
    }

    /** Writes what was added to the disk, as far as the disk takes it. */
    void force() {
        List<SpoolSegment> open;
        synchronized (this) {
            open = List.copyOf(segments);
        }
        for (SpoolSegment segment : open) {
            try {
                segment.force();
            } catch (ClosedChannelException _) {
                // It has been sent meanwhile.
            } catch (IOException e) {
                LOG.error("the spool of the access log cannot be written to the disk", e);
            }
        }
    }

    private SpoolSegment own() throws IOException {
        if (ownIsOpen && segments.getLast().takesMore()) {
            return segments.getLast();
        }
        Path path;
        long time = clock.millis();
        do {
            path = folder.resolve(
                    "%013d-%d%s".formatted(time++, ProcessHandle.current().pid(), SUFFIX));
        } while (Files.exists(path));
        SpoolSegment segment = SpoolSegment.create(path);
        try {
            entries.force(folder);
        } catch (IOException e) {
            // There may be an attempt for each record, and a file of each would stay open.
            discard(segment);
            throw e;
        }
        segments.addLast(segment);
        ownIsOpen = true;
        return segment;
    }

    private static void forceEntries(Path folder) throws IOException {
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    private static void discard(SpoolSegment segment) {
        try (segment) {
            segment.remove();
        } catch (IOException e) {
            LOG.warn("an empty file of the spool could not be removed", e);
        }
    }

    /** The next records to be sent, in order; none if there are none. Files that cannot be read are passed over. */
    synchronized List<AccessLogRecord> next(int recordsMax) {
        while (!segments.isEmpty()) {
            try {
                SpoolSegment first = segments.getFirst();
                if (isOwnFirst() && first.isSent()) {
                    return List.of();
                }
                SpoolSegment.Batch batch = first.next(recordsMax);
                if (!batch.records().isEmpty()) {
                    pending = batch;
                    return batch.records();
                }
                sent(batch);
            } catch (IOException e) {
                leaveFirst(e);
            }
        }
        return List.of();
    }

    /** What {@link #next} gave last was sent. */
    synchronized void sent() {
        try {
            sent(pending);
        } catch (IOException e) {
            leaveFirst(e);
        }
    }

    private void sent(SpoolSegment.Batch batch) throws IOException {
        SpoolSegment first = segments.getFirst();
        first.sent(batch);
        if (first.isSent() && (!isOwnFirst() || !first.empty())) {
            first.remove();
            forgetFirst();
        }
    }

    private boolean isOwnFirst() {
        return ownIsOpen && segments.size() == 1;
    }

    private void forgetFirst() {
        segments.removeFirst();
        ownIsOpen &= !segments.isEmpty();
    }

    /** A file that cannot be read or removed must not hold up those after it. It stays on the disk, for the next start. */
    private void leaveFirst(IOException reason) {
        SpoolSegment first = segments.getFirst();
        LOG.atError()
                .addKeyValue("file", first)
                .setCause(reason)
                .log(
                        "a file of the spool cannot be read or removed: what of it was not sent is left until the next start");
        forgetFirst();
        try {
            first.close();
        } catch (IOException e) {
            LOG.warn("a file of the spool could not be closed", e);
        }
    }

    /** Leaves what was not sent, on the disk, for the next start. */
    @Override
    public synchronized void close() {
        for (SpoolSegment segment : segments) {
            try {
                if (segment.isSent()) {
                    segment.remove();
                } else {
                    segment.force();
                    segment.close();
                }
            } catch (IOException e) {
                LOG.warn("a file of the spool could not be closed", e);
            }
        }
        segments.clear();
        ownIsOpen = false;
    }
}
