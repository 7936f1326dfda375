package io.gerve.keylookup.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import io.gerve.keylookup.store.KeyWorld;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LastUsedRecorderTest {
    private static final Instant START = Instant.parse("2026-03-29T01:30:00Z");
    private static final Fingerprint FINGERPRINT = KeyWorld.key().fingerprint();

    private final List<Map<Long, Instant>> written = new CopyOnWriteArrayList<>();
    private volatile Instant now = START;
    private volatile boolean failing;
    private final LastUsedRecorder recorder = new LastUsedRecorder(this::write, () -> now, Duration.ofHours(1));

    @Test
    void latestUseOfEachKeyIsWritten() {
        recorder.keyUsed(key(1));
        recorder.keyUsed(key(2));
        now = START.plusSeconds(1);
        recorder.keyUsed(key(1));
        recorder.close();
        assertThat(written).containsExactly(Map.of(1L, START.plusSeconds(1), 2L, START));
    }

    @Test
    void timesAreWrittenAfterOutage() {
        failing = true;
        recorder.keyUsed(key(1));
        recorder.keyUsed(key(2));
        recorder.write();
        now = START.plusSeconds(1);
        recorder.keyUsed(key(1));
        failing = false;
        recorder.close();
        assertThat(written).containsExactly(Map.of(1L, START.plusSeconds(1), 2L, START));
    }

    @Test
    void pendingKeysAreBoundedAndStillUpdated() {
        for (int id = 0; id < LastUsedRecorder.KEYS_MAX + 5; id++) {
            recorder.keyUsed(key(id));
        }
        now = START.plusSeconds(1);
        recorder.keyUsed(key(0));
        assertThat(recorder.pending()).isEqualTo(LastUsedRecorder.KEYS_MAX);
        recorder.close();
        assertThat(written.getFirst()).containsEntry(0L, START.plusSeconds(1));
    }

    @Test
    void timesAreWrittenPeriodically() {
        try (var quick = new LastUsedRecorder(this::write, () -> now, Duration.ofMillis(1))) {
            quick.keyUsed(key(1));
            await().until(() -> written.equals(List.of(Map.of(1L, START))));
            quick.keyUsed(key(2));
            await().until(() -> written.size() == 2);
        }
        recorder.close();
    }

    @Test
    void frozenDatabaseDoesNotBlockLogin() {
        var thawed = new CountDownLatch(1);
        var frozen = new CountDownLatch(1);
        try (var stuck = new LastUsedRecorder(
                times -> {
                    frozen.countDown();
                    try {
                        thawed.await();
                    } catch (InterruptedException e) {
                        throw new LookupUnavailable("interrupted", e);
                    }
                    write(times);
                },
                () -> now,
                Duration.ofMillis(1))) {
            stuck.keyUsed(key(1));
            await().until(() -> frozen.getCount() == 0);
            stuck.keyUsed(key(2));
            assertThat(stuck.pending()).isEqualTo(1);
            thawed.countDown();
        }
        assertThat(written).containsExactly(Map.of(1L, START), Map.of(2L, START));
        recorder.close();
    }

    private void write(Map<Long, Instant> times) throws LookupUnavailable {
        if (failing) {
            throw new LookupUnavailable("down");
        }
        written.add(times);
    }

    private static RegisteredKey key(long id) {
        return new RegisteredKey(
                id,
                FINGERPRINT,
                new Md5Suffix(1, (short) 2),
                "laptop",
                new KeyValidity.ValidUntil(Instant.MAX),
                new Principal.OfDeployKey(""));
    }
}
