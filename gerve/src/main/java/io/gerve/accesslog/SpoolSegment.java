package io.gerve.accesslog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of the spool, locked by the process that has it open. Each record is a frame: {@code checksum SP length SP
 * bytes LF}. The checksum is the CRC-32C of the bytes in 8 hexadecimal digits. A frame that a crash truncated, or that
 * was changed, fails its checksum. It is skipped, and the file is kept for inspection.
 */
final class SpoolSegment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpoolSegment.class);
    private static final long BYTES_MAX = 8 << 20;
    private static final int READ_BYTES_MAX = 2 << 20;
    private static final int RECORD_MAX = 1 << 20;
    private static final int HEADER_MAX = 20;
    private static final int DIGITS_MAX = 7;
    private static final int CHECKSUM_DIGITS = 8;

    private static final int NEEDS_MORE = 0;
    private static final int NONE = -1;

    private final Path path;
    private final FileChannel channel;
    private long sent;
    /** Whether some part of the file cannot be read. */
    private boolean damaged;

    private SpoolSegment(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** @param next the offset at which the batch after this one begins */
    record Batch(List<AccessLogRecord> records, long next) {}

    static SpoolSegment create(Path path) throws IOException {
        return open(path, StandardOpenOption.CREATE_NEW)
                .orElseThrow(() -> new IOException("another process locked " + path));
    }

    /**
     * Opens a file that a process left behind.
     *
     * @return empty if another process, or another part of this one, holds the lock of the file
     */
    static Optional<SpoolSegment> adopt(Path path) throws IOException {
        return open(path, StandardOpenOption.READ);
    }

    private static Optional<SpoolSegment> open(Path path, StandardOpenOption option) throws IOException {
        FileChannel channel = FileChannel.open(path, option, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(new SpoolSegment(path, channel));
            }
        } catch (OverlappingFileLockException _) {
            // Another part of this process holds the lock.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    long size() throws IOException {
        return channel.size();
    }

    boolean isSent() throws IOException {
        return sent >= channel.size();
    }

    /**
     * Returns whether the file accepts more records. A damaged file does not: a reader skips unreadable bytes up to the
     * end of the line, and would skip a record on that line too.
     */
    boolean acceptsAppends() throws IOException {
        return !damaged && channel.size() < BYTES_MAX;
    }

    /**
     * Appends frames to the file. Once the method has returned, the frames survive the end of the process. If the write
     * fails, the file is truncated to its former size. If the truncation fails too, the file is marked as damaged.
     */
    void append(ByteBuffer frames) throws IOException {
        long before = channel.size();
        try {
            for (long at = before; frames.hasRemaining(); ) {
                at += channel.write(frames, at);
            }
        } catch (IOException e) {
            truncateTo(before);
            throw e;
        }
    }

    private void truncateTo(long size) {
        try {
            channel.truncate(size);
        } catch (IOException e) {
            damaged = true;
            LOG.atError()
                    .addKeyValue("file", path)
                    .setCause(e)
                    .log("Cannot remove a partial write from an access log spool file: keeping the file as *.damaged");
        }
    }

    /** Syncs the contents to the disk, so that they survive a power cut. */
    void force() throws IOException {
        channel.force(false);
    }

    /**
     * Empties the file after all of it was sent.
     *
     * @return false if the file is damaged and therefore kept
     */
    boolean truncate() throws IOException {
        if (damaged) {
            return false;
        }
        channel.truncate(0);
        sent = 0;
        return true;
    }

    static byte[] frame(AccessLogRecord record) {
        return frame(AccessLogRecordCodec.bytes(record));
    }

    static byte[] frame(byte[] bytes) {
        byte[] header = "%08x %d "
                .formatted(checksum(bytes, 0, bytes.length), bytes.length)
                .getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(header.length + bytes.length + 1)
                .put(header)
                .put(bytes)
                .put((byte) '\n')
                .array();
    }

    /** Returns the next unsent records in order, or none at the end of the file. */
    Batch next(int recordsMax) throws IOException {
        List<AccessLogRecord> records = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(READ_BYTES_MAX, channel.size() - sent));
        while (buffer.hasRemaining() && channel.read(buffer, sent + buffer.position()) >= 0) {
            // Reads until the buffer is full or the file ends.
        }
        byte[] bytes = buffer.array();
        int length = buffer.position();
        boolean isLast = sent + length >= channel.size();
        int at = 0;
        while (at < length && records.size() < recordsMax) {
            int end = endOfFrame(bytes, at, length);
            if (end == NEEDS_MORE && !isLast) {
                break;
            }
            Optional<AccessLogRecord> record = end > 0 ? parse(bytes, at, end) : Optional.empty();
            record.ifPresent(records::add);
            at = record.isPresent() ? end : skip(bytes, at, length);
        }
        return new Batch(records, sent + at);
    }

    void markSent(Batch batch) {
        sent = batch.next();
    }

    /**
     * Returns the offset after the frame, {@link #NONE} if there is no valid frame, or {@link #NEEDS_MORE} if the frame
     * may continue after the limit.
     */
    private static int endOfFrame(byte[] bytes, int start, int limit) {
        int second = start + CHECKSUM_DIGITS + 1;
        int space = second;
        while (space < limit && bytes[space] >= '0' && bytes[space] <= '9' && space - start < HEADER_MAX) {
            space++;
        }
        if (space >= limit) {
            return NEEDS_MORE;
        }
        if (space == second || space - second > DIGITS_MAX || bytes[space] != ' ' || bytes[second - 1] != ' ') {
            return NONE;
        }
        int length = Integer.parseInt(new String(bytes, second, space - second, StandardCharsets.US_ASCII));
        int end = space + 1 + length + 1;
        if (length > RECORD_MAX) {
            return NONE;
        }
        return end > limit ? NEEDS_MORE : end;
    }

    private static Optional<AccessLogRecord> parse(byte[] bytes, int start, int end) {
        int body = start + CHECKSUM_DIGITS + 1;
        while (bytes[body] != ' ') {
            body++;
        }
        body++;
        String checksum = "%08x".formatted(checksum(bytes, body, end - 1 - body));
        if (bytes[end - 1] != '\n'
                || !checksum.equals(new String(bytes, start, CHECKSUM_DIGITS, StandardCharsets.US_ASCII))) {
            return Optional.empty();
        }
        try {
            return Optional.of(AccessLogRecordCodec.parse(Arrays.copyOfRange(bytes, body, end - 1)));
        } catch (RuntimeException e) {
            LOG.debug("Access log spool file has a record of an unknown format", e);
            return Optional.empty();
        }
    }

    /**
     * Marks the file as damaged.
     *
     * @return the offset of the next line
     */
    private int skip(byte[] bytes, int start, int limit) {
        int end = start;
        while (end < limit && bytes[end] != '\n') {
            end++;
        }
        if (!damaged) {
            damaged = true;
            LOG.atError()
                    .addKeyValue("file", path)
                    .addKeyValue("offset", sent + start)
                    .log("Access log spool file has a record that is truncated or changed: keeping the file"
                            + " as *.damaged and sending the other records");
        }
        return Math.min(limit, end + 1);
    }

    private static int checksum(byte[] bytes, int start, int length) {
        var sum = new CRC32C();
        sum.update(bytes, start, length);
        return (int) sum.getValue();
    }

    /** Removes the file after all of it was sent, or renames it to {@code *.damaged} if some part could not be read. */
    void remove() throws IOException {
        if (damaged) {
            Files.move(path, path.resolveSibling(path.getFileName() + ".damaged"), StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.deleteIfExists(path);
        }
        close();
    }

    /** Closes the file, which stays on the disk. */
    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
