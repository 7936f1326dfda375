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
 * Race between a look-up and an invalidation. The attack: a key is revoked while a look-up of it is running. The result
 * of that look-up, from before the revocation, is cached afterwards and admits the key while it is fresh.
 */
class InvalidationRaceTest {
    private static final int ROUNDS = 5_000;
    private static final String KEY = "key";

    private final AtomicLong stored = new AtomicLong();
    private final LookupCache<String, Long> cache = new LookupCache<>(
            new CacheSettings(Duration.ofHours(1), Duration.ofHours(1), 100, Duration.ofSeconds(30), 8),
            this::readSlowly,
            new FakeInvalidationBus(),
            System::nanoTime);

    /** The three methods of invalidation, and the two removing ones concurrently. */
    enum Method {
        INVALIDATE,
        INVALIDATE_IF,
        INVALIDATE_OR_INVALIDATE_IF,
        INVALIDATE_ALL
    }

    @ParameterizedTest
    @EnumSource
    void resultFromBeforeInvalidationIsNeverReturned(Method method) throws Exception {
        List<FutureTask<Void>> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            writers.add(new FutureTask<>(() -> changeAndGet(method), null));
        }
        writers.forEach(writer -> Thread.ofPlatform().start(writer));
        for (var writer : writers) {
            writer.get();
        }
    }

    private void changeAndGet(Method method) {
        try {
            for (int i = 0; i < ROUNDS; i++) {
                long written = stored.incrementAndGet();
                switch (method) {
                    case INVALIDATE -> cache.invalidate(KEY);
                    case INVALIDATE_IF -> cache.invalidateIf((_, _) -> true);
                    case INVALIDATE_OR_INVALIDATE_IF -> invalidateOrInvalidateIf(written % 2 == 0);
                    case INVALIDATE_ALL -> cache.invalidateAll();
                }
                assertThat(cache.get(KEY).value()).isGreaterThanOrEqualTo(written);
            }
        } catch (LookupUnavailable e) {
            throw new AssertionError(e);
        }
    }

    private void invalidateOrInvalidateIf(boolean scan) {
        if (scan) {
            cache.invalidateIf((_, _) -> true);
        } else {
            cache.invalidate(KEY);
        }
    }

    private long readSlowly(String key) {
        long read = stored.get();
        for (int i = 0; i < 200; i++) {
            Thread.onSpinWait();
        }
        return read;
    }
}
