package io.gerve.accesslog;

import io.gerve.program.PrivateFiles;
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
 * Queue of records in files that wait to be sent to the database, in the order in which they were added. Each process
 * appends to its own files; files that a process left behind are adopted by the next one that starts. Safe for use by
 * one thread that appends and one that sends.
 */
final class Spool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spool.class);
    private static final String SUFFIX = ".spool";

    private final Path folder;
    private final long bytesMax;
    private final InstantSource clock;
    private final DirectorySync directorySync;
    private final Deque<SpoolSegment> segments = new ArrayDeque<>();
    private SpoolSegment.Batch pending = new SpoolSegment.Batch(List.of(), 0);
    /** Whether the last segment belongs to this process. Adopted segments are only read. */
    private boolean ownIsOpen;

    private Spool(Path folder, long bytesMax, InstantSource clock, DirectorySync directorySync) {
        this.folder = folder;
        this.bytesMax = bytesMax;
        this.clock = clock;
        this.directorySync = directorySync;
    }

    /** Syncs the entries of a directory to the disk, as the contents of its files are. */
    interface DirectorySync {
        void force(Path folder) throws IOException;
    }

    /**
     * Opens the spool and adopts the files that earlier processes left.
     *
     * @throws IOException if the directory cannot be created or is not writable; the message says which
     */
    static Spool open(Path folder, long bytesMax, InstantSource clock) throws IOException {
        return open(folder, bytesMax, clock, Spool::forceDirectory);
    }

    static Spool open(Path folder, long bytesMax, InstantSource clock, DirectorySync directorySync) throws IOException {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new IOException("audit.spool: cannot create directory " + folder + ": " + e.getMessage(), e);
        }
        try {
            PrivateFiles.requireOwnFolder(folder);
        } catch (IOException e) {
            throw new IOException("audit.spool: " + e.getMessage(), e);
        }
        var spool = new Spool(folder, bytesMax, clock, directorySync);
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
                    .log("Access log spool holds records of an earlier run, sending them first");
        }
    }

    private void adopt(Path file) {
        try {
            SpoolSegment.adopt(file).ifPresent(segments::add);
        } catch (NoSuchFileException _) {
            // The process that owned the file has sent all of it meanwhile.
        } catch (IOException e) {
            LOG.atError()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("Cannot open access log spool file: its records are not sent until the next start");
        }
    }

    /** Returns the size of the spool, or NaN if it cannot be read. */
    double bytesOrNone() {
        try {
            return bytes();
        } catch (IOException e) {
            LOG.debug("Cannot read the size of the access log spool", e);
            return Double.NaN;
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
     * Appends records. On return they survive the death of this process, and after {@link #force} a power cut.
     *
     * @return the number of records that fitted; the others are not appended
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
            ownSegment().append(all.flip());
        }
        return frames.size();
    }

    /** Syncs the appended records to the disk. Logs a failure. */
    void force() {
        List<SpoolSegment> open;
        synchronized (this) {
            open = List.copyOf(segments);
        }
        for (SpoolSegment segment : open) {
            try {
                segment.force();
            } catch (ClosedChannelException _) {
                // All of it has been sent meanwhile.
            } catch (IOException e) {
                LOG.error("Cannot sync access log spool to disk", e);
            }
        }
    }

    private SpoolSegment ownSegment() throws IOException {
        if (ownIsOpen && segments.getLast().acceptsAppends()) {
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
            directorySync.force(folder);
        } catch (IOException e) {
            // Every record may retry this, and each attempt would leave an open file.
            discard(segment);
            throw e;
        }
        segments.addLast(segment);
        ownIsOpen = true;
        return segment;
    }

    private static void forceDirectory(Path folder) throws IOException {
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    private static void discard(SpoolSegment segment) {
        try (segment) {
            segment.remove();
        } catch (IOException e) {
            LOG.warn("Cannot remove empty access log spool file", e);
        }
    }

    /** Returns the next records to send, in order, or none if the spool is empty. Skips files that cannot be read. */
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
                markSent(batch);
            } catch (IOException e) {
                skipFirst(e);
            }
        }
        return List.of();
    }

    /** Marks the records that {@link #next} returned last as sent. */
    synchronized void markSent() {
        try {
            markSent(pending);
        } catch (IOException e) {
            skipFirst(e);
        }
    }

    private void markSent(SpoolSegment.Batch batch) throws IOException {
        SpoolSegment first = segments.getFirst();
        first.markSent(batch);
        if (first.isSent() && (!isOwnFirst() || !first.truncate())) {
            first.remove();
            dropFirst();
        }
    }

    private boolean isOwnFirst() {
        return ownIsOpen && segments.size() == 1;
    }

    private void dropFirst() {
        segments.removeFirst();
        ownIsOpen &= !segments.isEmpty();
    }

    /**
     * Skips a file that cannot be read or removed, so that it does not block the files after it. It stays on the disk
     * for the next start.
     */
    private void skipFirst(IOException cause) {
        SpoolSegment first = segments.getFirst();
        LOG.atError()
                .addKeyValue("file", first)
                .setCause(cause)
                .log("Cannot read or remove access log spool file: its unsent records wait for the next start");
        dropFirst();
        try {
            first.close();
        } catch (IOException e) {
            LOG.warn("Cannot close access log spool file", e);
        }
    }

    /** Closes all files. Unsent records stay on the disk for the next start. */
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
                LOG.warn("Cannot close access log spool file", e);
            }
        }
        segments.clear();
        ownIsOpen = false;
    }
}
