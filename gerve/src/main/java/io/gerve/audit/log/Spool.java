package io.gerve.audit.log;

import io.gerve.session.SessionRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
 * Records on disk that wait for the database, in the order in which they came. Each process adds to files of its own; those that a process
 * left behind are taken over by the next one that starts. Used by one thread.
 */
final class Spool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final String SUFFIX = ".spool";
    private static final long SEGMENT_BYTES = 8 << 20;

    private final Path folder;
    private final long bytesMax;
    private final InstantSource clock;
    private final Deque<SpoolSegment> segments = new ArrayDeque<>();
    private SpoolSegment.Batch pending = new SpoolSegment.Batch(List.of(), 0);
    /** Whether the last one is this process's; those of others are only read. */
    private boolean ownIsOpen;

    private Spool(Path folder, long bytesMax, InstantSource clock) {
        this.folder = folder;
        this.bytesMax = bytesMax;
        this.clock = clock;
    }

    /** @throws IOException if the folder cannot be made or written to; the message says which */
    static Spool open(Path folder, long bytesMax, InstantSource clock) throws IOException {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new IOException("audit.spool: cannot make the folder " + folder + ": " + e.getMessage(), e);
        }
        if (!Files.isWritable(folder)) {
            throw new IOException("audit.spool: this user may not write to " + folder);
        }
        var spool = new Spool(folder, bytesMax, clock);
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
            SpoolSegment.adopt(file).ifPresent(segments::add);
        }
        if (!segments.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("bytes", bytes())
                    .log("records of an earlier run are in the spool, and are sent first");
        }
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    long bytes() throws IOException {
        long sum = 0;
        for (SpoolSegment segment : segments) {
            sum += segment.size();
        }
        return sum;
    }

    /**
     * Adds records, which are on the disk when it returns.
     *
     * @return how many fitted in; the others are not in it
     */
    int append(List<SessionRecord> records) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        long room = bytesMax - bytes();
        int length = 0;
        for (SessionRecord record : records) {
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

    private SpoolSegment own() throws IOException {
        if (ownIsOpen && segments.getLast().size() < SEGMENT_BYTES) {
            return segments.getLast();
        }
        Path path;
        long time = clock.millis();
        do {
            path = folder.resolve(
                    "%013d-%d%s".formatted(time++, ProcessHandle.current().pid(), SUFFIX));
        } while (Files.exists(path));
        SpoolSegment segment = SpoolSegment.create(path);
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            // The file's name must be on the disk too.
            entries.force(true);
        }
        segments.addLast(segment);
        ownIsOpen = true;
        return segment;
    }

    /** The next records to be sent, in order; none if the spool is empty. */
    List<SessionRecord> next(int recordsMax) throws IOException {
        while (!segments.isEmpty()) {
            SpoolSegment first = segments.getFirst();
            SpoolSegment.Batch batch = first.next(recordsMax);
            if (!batch.records().isEmpty()) {
                pending = batch;
                return batch.records();
            }
            first.sent(batch);
            if (first.isSent()) {
                removeFirst();
            }
        }
        return List.of();
    }

    /** What {@link #next} gave last was sent. */
    void sent() throws IOException {
        SpoolSegment first = segments.getFirst();
        first.sent(pending);
        if (first.isSent()) {
            removeFirst();
        }
    }

    private void removeFirst() throws IOException {
        segments.getFirst().remove();
        segments.removeFirst();
        ownIsOpen &= !segments.isEmpty();
    }

    /** Leaves what was not sent, for the next start. */
    @Override
    public void close() {
        for (SpoolSegment segment : segments) {
            try {
                segment.close();
            } catch (IOException e) {
                LOG.warn("a file of the spool could not be closed", e);
            }
        }
        segments.clear();
    }
}
