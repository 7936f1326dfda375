package io.gerve.lookup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gerve.config.CacheSettings;
import io.gerve.invalidation.InvalidationBus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;

/**
 * Cache of look-up results that also serves stale results while the source is unavailable.
 *
 * <p>A result is fresh while it is younger than {@link CacheSettings#cacheTtl} and the invalidation bus is connected.
 * Otherwise the cache queries the source. If the source fails or exceeds {@link CacheSettings#lookupTimeout}, the cache
 * returns a result younger than {@link CacheSettings#maxStale} as {@link Freshness#STALE}. An empty Optional is fresh
 * for at most {@value #ABSENT_SECONDS} seconds and is never returned as stale, since the object may have been added in
 * the meantime.
 *
 * <p>Concurrent callers with the same key share one look-up. Each look-up runs on a virtual thread, and at most
 * {@link CacheSettings#concurrentLookupsMax} of them query the source at the same time. A hanging source therefore
 * occupies no more threads than callers wait, and delays no caller beyond the timeout. A source must have a timeout of
 * its own; otherwise its hanging look-ups never release their permits.
 *
 * <p>Safe for use by many threads.
 *
 * @param <V> type of the result; an empty Optional means that the object does not exist
 */
public final class LookupCache<K, V> {
    private static final int ABSENT_SECONDS = 5;
    private static final long ABSENT_NANOS = TimeUnit.SECONDS.toNanos(ABSENT_SECONDS);
    /** Time for which callers with a stale result do not query a source that has just failed. */
    private static final Duration BREAKER_OPEN = Duration.ofSeconds(1);

    private final BoundedLookupSource<K, V> source;
    private final InvalidationBus invalidations;
    private final LongSupplier nanoTime;
    private final long ttlNanos;
    private final long timeoutNanos;
    private final CircuitBreaker breaker;
    private final Cache<K, Entry<V>> entries;
    private final ConcurrentMap<K, Load<V>> loads = new ConcurrentHashMap<>();
    /** Number of calls of {@link #invalidateAll}. Entries of an earlier generation are not fresh. */
    private final AtomicLong generation = new AtomicLong();

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder unavailable = new LongAdder();
    /** Sum of the ages of all results that were returned from the cache. */
    private final LongAdder ageNanos = new LongAdder();

    /** @param nanoTime clock for ages, such as {@link System#nanoTime}. Callers' waits use the system clock. */
    public LookupCache(
            CacheSettings settings, LookupSource<K, V> source, InvalidationBus invalidations, LongSupplier nanoTime) {
        this.source = new BoundedLookupSource<>(settings, source);
        this.invalidations = invalidations;
        this.nanoTime = nanoTime;
        this.ttlNanos = nanos(settings.cacheTtl());
        this.timeoutNanos = nanos(settings.lookupTimeout());
        this.breaker = new CircuitBreaker(1, BREAKER_OPEN, nanoTime);
        this.entries = Caffeine.newBuilder()
                .maximumSize(settings.entriesMax())
                .expireAfterWrite(settings.maxStale())
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Returns the result for a key, from the cache or from the source.
     *
     * @throws LookupUnavailable if the source failed or did not answer within the timeout, and there is no stale result
     */
    public CachedResult<V> get(K key) throws LookupUnavailable {
        Entry<V> entry = entries.getIfPresent(key);
        if (entry != null && isFresh(entry)) {
            hits.increment();
            return served(entry, Freshness.FRESH);
        }
        if (entry != null && isPresent(entry) && !breaker.allowsCall()) {
            stale.increment();
            return served(entry, Freshness.STALE);
        }
        try {
            CachedResult<V> found = CachedResult.fresh(lookUp(key));
            misses.increment();
            return found;
        } catch (LookupUnavailable failure) {
            Optional<CachedResult<V>> old = staleResult(key);
            (old.isPresent() ? stale : unavailable).increment();
            return old.orElseThrow(() -> failure);
        }
    }

    /** Registers the meters of this cache, once. */
    public void bindTo(MeterRegistry registry, String name) {
        bindLookups(registry, name, "hit", hits);
        bindLookups(registry, name, "miss", misses);
        bindLookups(registry, name, "stale", stale);
        bindLookups(registry, name, "unavailable", unavailable);
        FunctionTimer.builder(
                        "gerve.cache.age",
                        this,
                        cache -> cache.hits.sum() + cache.stale.sum(),
                        cache -> cache.ageNanos.sum(),
                        TimeUnit.NANOSECONDS)
                .description("Age of the results that were returned from the cache")
                .tag("cache", name)
                .register(registry);
        source.bindTo(registry, name);
        Gauge.builder("gerve.cache.entries", entries, Cache::estimatedSize)
                .description("Cached results")
                .tag("cache", name)
                .register(registry);
    }

    private static void bindLookups(MeterRegistry registry, String name, String result, LongAdder count) {
        FunctionCounter.builder("gerve.lookups", count, LongAdder::sum)
                .description("Look-ups: from the cache (hit), from the source (miss), or with an old result (stale)")
                .tag("cache", name)
                .tag("result", result)
                .register(registry);
    }

    /**
     * Removes the result of a key. Later calls of {@link #get} do not return a result from before this call, not even
     * that of a look-up that is still running.
     */
    public synchronized void invalidate(K key) {
        // The order matters. A look-up that ends between the two statements has either stored its result already, which
        // the second statement removes, or must not store it any more.
        loads.remove(key);
        entries.invalidate(key);
    }

    /** Removes all results that match, as {@link #invalidate} does. Scans every entry. */
    public synchronized void invalidateIf(BiPredicate<? super K, ? super V> matches) {
        // The results of running look-ups are not known yet, so all of them are discarded.
        loads.clear();
        entries.asMap()
                .entrySet()
                .removeIf(e -> matches.test(e.getKey(), e.getValue().value()));
        // removeIf skips an entry that another thread is removing, and that entry is readable until it is gone.
        // Therefore the removing methods share a lock, and this one waits for pending evictions.
        entries.cleanUp();
    }

    /**
     * Makes all results stale after a gap in the subscription. They are looked up again and serve only while the source
     * fails.
     */
    public void invalidateAll() {
        generation.incrementAndGet();
    }

    private boolean isFresh(Entry<V> entry) {
        long age = nanoTime.getAsLong() - entry.startedAt();
        return entry.generation() == generation.get()
                && age < (isPresent(entry) ? ttlNanos : Math.min(ttlNanos, ABSENT_NANOS))
                && invalidations.isConnected();
    }

    private static boolean isPresent(Entry<?> entry) {
        return !(entry.value() instanceof Optional<?> optional && optional.isEmpty());
    }

    /** Returns the stale result. Reads the entry again, since it may have been invalidated during the look-up. */
    private Optional<CachedResult<V>> staleResult(K key) {
        return Optional.ofNullable(entries.getIfPresent(key))
                .filter(LookupCache::isPresent)
                .map(entry -> served(entry, Freshness.STALE));
    }

    private CachedResult<V> served(Entry<V> entry, Freshness freshness) {
        ageNanos.add(nanoTime.getAsLong() - entry.startedAt());
        return new CachedResult<>(entry.value(), freshness);
    }

    private V lookUp(K key) throws LookupUnavailable {
        try {
            return load(key).result.get(timeoutNanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LookupUnavailable unavailable) {
                throw unavailable;
            }
            throw new LookupUnavailable("look-up failed unexpectedly", e);
        } catch (TimeoutException e) {
            breaker.failed();
            throw new LookupUnavailable("no answer within " + Duration.ofNanos(timeoutNanos), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LookupUnavailable("interrupted while waiting for the result of a look-up", e);
        }
    }

    /** Returns the running look-up of the key. Starts a new one if none is running, or if it is too old to join. */
    private Load<V> load(K key) {
        Load<V> started = new Load<>(generation.get(), nanoTime.getAsLong());
        Load<V> load = loads.compute(key, (_, running) -> running != null && mayJoin(running) ? running : started);
        if (load == started) {
            Thread.ofVirtual().name("lookup").start(() -> run(key, started));
        }
        return load;
    }

    /** Returns false for a look-up that began before {@link #invalidateAll}, or that exceeds the timeout. */
    private boolean mayJoin(Load<V> load) {
        return load.generation == generation.get() && nanoTime.getAsLong() - load.startedAt < timeoutNanos;
    }

    private void run(K key, Load<V> load) {
        try {
            V value = source.find(key);
            breaker.succeeded();
            end(key, load, Optional.of(value));
            load.result.complete(value);
        } catch (LookupUnavailable e) {
            breaker.failed();
            end(key, load, Optional.empty());
            load.result.completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            // A bug, perhaps in the data of one row, is not a failure of the source. It must not open the circuit
            // breaker, which would make other callers use stale results.
            breaker.abandoned();
            end(key, load, Optional.empty());
            load.result.completeExceptionally(e);
        }
    }

    /** Stores the result unless an invalidation has discarded the look-up. Both hold the map's lock on the key. */
    private void end(K key, Load<V> load, Optional<V> result) {
        loads.computeIfPresent(key, (_, registered) -> {
            if (registered != load) {
                return registered;
            }
            result.ifPresent(value -> entries.put(key, new Entry<>(value, load.startedAt, load.generation)));
            return null;
        });
    }

    private static long nanos(Duration duration) {
        return TimeUnit.NANOSECONDS.convert(duration);
    }

    /** @param startedAt start of the look-up, since the result may be as old as that */
    private record Entry<V>(V value, long startedAt, long generation) {}

    /** A running look-up. Compared by identity. */
    private static final class Load<V> {
        private final long generation;
        private final long startedAt;
        private final CompletableFuture<V> result = new CompletableFuture<>();

        private Load(long generation, long startedAt) {
            this.generation = generation;
            this.startedAt = startedAt;
        }
    }
}
