package io.gerve.keylookup.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LastUseTest {
    private static final Instant START = Instant.parse("2026-03-29T01:30:00Z");
    private static final Fingerprint FINGERPRINT = KeyWorld.key().fingerprint();

    private final List<Map<Long, Instant>> written = new CopyOnWriteArrayList<>();
    private volatile Instant now = START;
    private volatile boolean failing;
    private final LastUse lastUse = new LastUse(this::write, () -> now, Duration.ofHours(1));

    @Test
    void manyUsesOfAKeyAreOneTime() {
        lastUse.used(key(1));
        lastUse.used(key(2));
        now = START.plusSeconds(1);
        lastUse.used(key(1));
        lastUse.close();
        assertThat(written).containsExactly(Map.of(1L, START.plusSeconds(1), 2L, START));
    }

    @Test
    void whatADatabaseThatIsAwayCouldNotTakeIsWrittenLater() {
        failing = true;
        lastUse.used(key(1));
        lastUse.used(key(2));
        lastUse.write();
        now = START.plusSeconds(1);
        lastUse.used(key(1));
        failing = false;
        lastUse.close();
        assertThat(written).containsExactly(Map.of(1L, START.plusSeconds(1), 2L, START));
    }

    @Test
    void memoryIsBoundedAndKeysThatWaitAreStillBroughtUpToDate() {
        for (int id = 0; id < LastUse.KEYS_MAX + 5; id++) {
            lastUse.used(key(id));
        }
        now = START.plusSeconds(1);
        lastUse.used(key(0));
        assertThat(lastUse.waiting()).isEqualTo(LastUse.KEYS_MAX);
        lastUse.close();
        assertThat(written.getFirst()).containsEntry(0L, START.plusSeconds(1));
    }

    @Test
    void itWritesFromTimeToTimeByItself() {
        try (var quick = new LastUse(this::write, () -> now, Duration.ofMillis(1))) {
            quick.used(key(1));
            await().until(() -> written.equals(List.of(Map.of(1L, START))));
            quick.used(key(2));
            await().until(() -> written.size() == 2);
        }
        lastUse.close();
    }

    @Test
    void aDatabaseThatStandsStillHoldsUpNoLogin() {
        var thawed = new CountDownLatch(1);
        var frozen = new CountDownLatch(1);
        try (var stuck = new LastUse(
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
            stuck.used(key(1));
            await().until(() -> frozen.getCount() == 0);
            stuck.used(key(2));
            assertThat(stuck.waiting()).isEqualTo(1);
            thawed.countDown();
        }
        assertThat(written).containsExactly(Map.of(1L, START), Map.of(2L, START));
        lastUse.close();
    }

    private void write(Map<Long, Instant> times) throws LookupUnavailable {
        if (failing) {
            throw new LookupUnavailable("away");
        }
        written.add(times);
    }

    private static KnownKey key(long id) {
        return new KnownKey(
                id,
                FINGERPRINT,
                new Md5Tail(1, (short) 2),
                "laptop",
                new Validity.Until(Instant.MAX),
                new KeyHolder.Deploy(""));
    }
}
