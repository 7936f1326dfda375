package io.gerve.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.config.CacheSettings;
import io.gerve.invalidation.FakeInvalidationBus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The attack: a key is revoked just while a look-up of it is under way; the look-up's answer, from before the revocation, is kept
 * afterwards and lets the key in for as long as answers are fresh.
 */
class InvalidationRaceTest {
    private static final int ROUNDS = 5_000;
    private static final String KEY = "key";

    private final AtomicLong truth = new AtomicLong();
    private final LookupCache<String, Long> cache = new LookupCache<>(
            new CacheSettings(Duration.ofHours(1), Duration.ofHours(1), 100, Duration.ofSeconds(30), 8),
            this::slowlyReadTruth,
            new FakeInvalidationBus(),
            System::nanoTime);

    /** The three ways to say that memory is out of date, and the two that remove something at the same time. */
    enum Way {
        FORGET,
        SWEEP,
        FORGET_OR_SWEEP,
        DOUBT
    }

    @ParameterizedTest
    @EnumSource
    void whoAsksAfterAChangeNeverSeesWhatWasBefore(Way way) throws Exception {
        List<FutureTask<Void>> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            writers.add(new FutureTask<>(() -> changeAndAsk(way), null));
        }
        writers.forEach(writer -> Thread.ofPlatform().start(writer));
        for (var writer : writers) {
            writer.get();
        }
    }

    private void changeAndAsk(Way way) {
        try {
            for (int i = 0; i < ROUNDS; i++) {
                long mine = truth.incrementAndGet();
                switch (way) {
                    case FORGET -> cache.invalidate(KEY);
                    case SWEEP -> cache.invalidateIf((_, _) -> true);
                    case FORGET_OR_SWEEP -> forgetOrSweep(mine % 2 == 0);
                    case DOUBT -> cache.invalidateAll();
                }
                assertThat(cache.get(KEY).value()).isGreaterThanOrEqualTo(mine);
            }
        } catch (LookupUnavailable e) {
            throw new AssertionError(e);
        }
    }

    private void forgetOrSweep(boolean sweep) {
        if (sweep) {
            cache.invalidateIf((_, _) -> true);
        } else {
            cache.invalidate(KEY);
        }
    }

    private long slowlyReadTruth(String key) {
        long read = truth.get();
        for (int i = 0; i < 200; i++) {
            Thread.onSpinWait();
        }
        return read;
    }
}
