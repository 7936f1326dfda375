package io.gerve.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
    private static final long PLENTY = 1 << 30;

    @TempDir
    private Path folder;

    @Test
    void recordsAreReturnedInOrderAndRemovedWhenSent() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(25);
        try (Spool spool = spool()) {
            spool.append(records.subList(0, 10));
            spool.append(records.subList(10, 25));

            assertThat(drained(spool)).isEqualTo(records);
            assertThat(spool.bytes()).isZero();
            spool.append(records.subList(0, 10));
            assertThat(drained(spool)).isEqualTo(records.subList(0, 10));
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void unsentRecordsAreReturnedAgain() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(5);
        try (Spool spool = spool()) {
            spool.append(records);

            assertThat(spool.next(2)).isEqualTo(records.subList(0, 2));
            assertThat(spool.next(2)).isEqualTo(records.subList(0, 2));
            spool.markSent();
            assertThat(spool.next(2)).isEqualTo(records.subList(2, 4));
        }
    }

    /** Files of processes that were killed before their first request, or after their last record was sent. */
    @Test
    void emptyFilesDoNotHideOthers() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(3);
        try (Spool spool = spool()) {
            spool.append(records);
        }
        Files.createFile(folder.resolve("spool/0000000000001-1.spool"));
        Files.createFile(folder.resolve("spool/9000000000001-1.spool"));
        try (Spool spool = spool()) {
            assertThat(drained(spool)).isEqualTo(records);
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void nextProcessAdoptsLeftFiles() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(6);
        try (Spool spool = spool()) {
            spool.append(records.subList(0, 3));
        }
        try (Spool spool = spool()) {
            spool.append(records.subList(3, 6));
            assertThat(drained(spool)).isEqualTo(records);
        }
    }

    @Test
    void filesOfRunningProcessAreNotAdopted() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(4);
        try (Spool one = spool()) {
            one.append(records.subList(0, 2));
            try (Spool other = spool()) {
                other.append(records.subList(2, 4));
                assertThat(drained(other)).isEqualTo(records.subList(2, 4));
            }
            assertThat(drained(one)).isEqualTo(records.subList(0, 2));
        }
    }

    /** The file as kill -9 or a power cut leaves it, truncated at any byte of the last record. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 30, 200, 400})
    void truncatedRecordIsSkippedAndItsFileKept(int missing) throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(3);
        try (Spool spool = spool()) {
            spool.append(records);
        }
        cut(files().getFirst(), missing);
        try (Spool spool = spool()) {
            assertThat(drained(spool)).isEqualTo(records.subList(0, 2));
            assertThat(spool.bytes()).isZero();
        }
        assertThat(files()).singleElement().asString().endsWith(".damaged");
    }

    @Test
    void changedRecordIsSkippedAndOthersAreRead() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(3);
        try (Spool spool = spool()) {
            spool.append(records);
        }
        Path file = files().getFirst();
        String text = Files.readString(file);
        int second = text.indexOf("192.0.2.7");
        Files.writeString(file, text.substring(0, second) + "192.0.2.8" + text.substring(second + 9));
        try (Spool spool = spool()) {
            assertThat(drained(spool)).containsExactly(records.get(0), records.get(2));
        }
    }

    @Test
    void recordOfUnknownFormatIsSkippedAndOthersAreRead() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(2);
        try (Spool spool = spool()) {
            spool.append(records.subList(0, 1));
        }
        String text = new String(AccessLogRecordCodec.bytes(SampleRecords.record()), StandardCharsets.UTF_8);
        byte[] timeless = text.replace("Z,3:ssh,", "?,3:ssh,").getBytes(StandardCharsets.UTF_8);
        Files.write(files().getFirst(), SpoolSegment.frame(timeless), StandardOpenOption.APPEND);
        Files.write(files().getFirst(), SpoolSegment.frame(records.get(1)), StandardOpenOption.APPEND);
        try (Spool spool = spool()) {
            assertThat(drained(spool)).isEqualTo(records);
        }
        assertThat(files()).singleElement().asString().endsWith(".damaged");
    }

    /** A record that is appended to a torn line would be lost with it. */
    @Test
    void nothingIsAppendedAfterUnreadableBytes() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(4);
        try (Spool spool = spool()) {
            spool.append(records.subList(0, 2));
            Files.writeString(files().getFirst(), "torn", StandardOpenOption.APPEND);
            assertThat(spool.next(4)).isEqualTo(records.subList(0, 2));
            spool.append(records.subList(2, 4));

            assertThat(drained(spool)).isEqualTo(records);
        }
        assertThat(files()).singleElement().asString().endsWith(".damaged");
    }

    /**
     * One file is gone, so it cannot be renamed to *.damaged; the other is replaced by a directory that cannot be
     * removed.
     */
    @Test
    void unremovableFilesDoNotBlockOthers() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(9);
        for (int i = 0; i < 6; i += 3) {
            try (Spool spool = spool()) {
                spool.append(records.subList(i, i + 3));
            }
        }
        cut(files().get(0), 1);
        try (Spool spool = spool()) {
            spool.append(records.subList(6, 9));
            Path moved = files().get(0);
            Path replaced = files().get(1);
            Files.delete(moved);
            Files.delete(replaced);
            Files.createDirectories(replaced.resolve("full"));

            List<AccessLogRecord> whole = new ArrayList<>(records);
            whole.remove(2);
            assertThat(drained(spool)).isEqualTo(whole);
        }
    }

    /** One file was removed by its process between listing and opening; the other is a directory. */
    @Test
    void unopenableFilesDoNotPreventStart() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(3);
        try (Spool spool = spool()) {
            spool.append(records);
        }
        Files.createSymbolicLink(folder.resolve("spool/0000000000001-1.spool"), folder.resolve("gone"));
        Files.createDirectory(folder.resolve("spool/0000000000002-1.spool"));
        try (Spool spool = spool()) {
            assertThat(drained(spool)).isEqualTo(records);
        }
    }

    /** The disk fails, or the process has too many open files, while each request tries to append its record. */
    @Test
    void failedFileCreationLeavesNoFileBehind() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(3);
        var fails = new AtomicBoolean(true);
        Spool.DirectorySync directorySync = _ -> {
            if (fails.get()) {
                throw new IOException("Too many open files");
            }
        };
        try (Spool spool = Spool.open(folder.resolve("spool"), PLENTY, InstantSource.system(), directorySync)) {
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(() -> spool.append(records)).isInstanceOf(IOException.class);
            }
            assertThat(files()).isEmpty();
            assertThat(openFiles()).isEmpty();
            fails.set(false);

            spool.append(records);
            assertThat(drained(spool)).isEqualTo(records);
        }
        assertThat(openFiles()).isEmpty();
    }

    /** Returns the files in the spool that this process has open. */
    private List<Path> openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .flatMap(SpoolTest::target)
                    .filter(file -> file.startsWith(folder))
                    .toList();
        }
    }

    private static Stream<Path> target(Path descriptor) {
        try {
            return Stream.of(Files.readSymbolicLink(descriptor));
        } catch (IOException _) {
            // The file was closed meanwhile.
            return Stream.empty();
        }
    }

    @Test
    void appendIsBoundedAndReturnsHowManyFitted() throws Exception {
        List<AccessLogRecord> records = SampleRecords.records(100);
        long three = records.stream()
                .limit(3)
                .mapToLong(record -> SpoolSegment.frame(record).length)
                .sum();
        try (Spool spool = Spool.open(folder.resolve("spool"), three + 10, InstantSource.system())) {
            assertThat(spool.append(records)).isEqualTo(3);
            assertThat(spool.append(records)).isZero();
            assertThat(drained(spool)).isEqualTo(records.subList(0, 3));
            assertThat(spool.append(records)).isEqualTo(3);
        }
    }

    @Test
    void folderThatCannotBeCreatedIsNamedInError() throws Exception {
        Files.createFile(folder.resolve("spool"));

        assertThatThrownBy(this::spool).isInstanceOf(IOException.class).hasMessageContaining("audit.spool");
    }

    @Test
    void folderThatOthersCanWriteToIsRefused() throws Exception {
        Path spool = Files.createDirectory(folder.resolve("spool"));
        Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(this::spool).isInstanceOf(IOException.class).hasMessageContaining("chmod go-w");
    }

    private Spool spool() throws IOException {
        return Spool.open(folder.resolve("spool"), PLENTY, InstantSource.system());
    }

    private static List<AccessLogRecord> drained(Spool spool) throws IOException {
        List<AccessLogRecord> all = new ArrayList<>();
        for (List<AccessLogRecord> next = spool.next(4); !next.isEmpty(); next = spool.next(4)) {
            all.addAll(next);
            spool.markSent();
        }
        return all;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("spool"))) {
            return files.sorted().toList();
        }
    }

    private static void cut(Path file, int bytes) throws IOException {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - bytes);
        }
    }
}
