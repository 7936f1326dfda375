package io.gerve.lookup;

import io.gerve.config.CacheSettings;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Source of look-up results that lets at most {@link CacheSettings#concurrentLookupsMax} callers query another source at
 * the same time. A caller waits for {@link CacheSettings#lookupTimeout} at most, and then for as long as the source
 * takes. Caches nothing. Safe for use by many threads.
 */
public final class BoundedLookupSource<K, V> implements LookupSource<K, V> {
    private final LookupSource<K, V> source;
    private final Duration timeout;
    private final Semaphore permits;
    private final LongAdder calls = new LongAdder();
    private final LongAdder callNanos = new LongAdder();

    public BoundedLookupSource(CacheSettings settings, LookupSource<K, V> source) {
        this.source = source;
        this.timeout = settings.lookupTimeout();
        this.permits = new Semaphore(settings.concurrentLookupsMax());
    }

    @Override
    public V find(K key) throws LookupUnavailable {
        try {
            if (!permits.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new LookupUnavailable("too many concurrent look-ups");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LookupUnavailable("interrupted while waiting for a permit", e);
        }
        long start = System.nanoTime();
        try {
            return source.find(key);
        } finally {
            permits.release();
            calls.increment();
            callNanos.add(System.nanoTime() - start);
        }
    }

    /** Registers the meter of the queries, once. */
    public void bindTo(MeterRegistry registry, String name) {
        FunctionTimer.builder("gerve.lookup.source", calls, LongAdder::sum, _ -> callNanos.sum(), TimeUnit.NANOSECONDS)
                .description("Queries of the source behind the cache, or of the one that has none")
                .tag("cache", name)
                .register(registry);
    }
}
