package io.gerve.lookup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gerve.config.CacheSettings;
import io.gerve.invalidation.InvalidationBus;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;

/**
 * Remembers the answers of a source, and stands in for it while it cannot be asked.
 *
 * <p>An answer counts as current while it is younger than {@code fresh} and changes are heard; otherwise the source is asked.
 * When that fails or takes longer than the deadline, an answer younger than {@code kept} is given as {@link
 * Freshness#STALE}. That something is not there (an empty Optional) is believed for {@value #ABSENT_SECONDS} seconds at most
 * and never from memory once the source fails: it may have been added since.
 *
 * <p>Callers who ask the same thing at the same time share one look-up. Each look-up has a virtual thread, and
 * {@code concurrentMax} of them ask the source at one time; so a stuck source costs no more threads than it has callers waiting,
 * and no caller more than the deadline. A source must have time limits of its own, or its stuck look-ups hold their places.
 *
 * <p>Safe for use by many threads.
 *
 * @param <V> what is found; an empty Optional means that there is no such thing
 */
public final class LookupCache<K, V> {
    private static final int ABSENT_SECONDS = 5;
    private static final long ABSENT_NANOS = TimeUnit.SECONDS.toNanos(ABSENT_SECONDS);

    private final LookupSource<K, V> source;
    private final InvalidationBus changes;
    private final LongSupplier nanoTime;
    private final long ttlNanos;
    private final long timeoutNanos;
    private final Semaphore permits;
    private final CircuitBreaker breaker;
    private final Cache<K, Entry<V>> entries;
    private final ConcurrentMap<K, Load<V>> loads = new ConcurrentHashMap<>();
    /** Counts the times at which everything came into doubt. */
    private final AtomicLong generation = new AtomicLong();

    /** @param nanoTime tells ages, as {@link System#nanoTime} does; how long callers wait goes by the system's clock */
    public LookupCache(
            CacheSettings settings, LookupSource<K, V> source, InvalidationBus changes, LongSupplier nanoTime) {
        this.source = source;
        this.changes = changes;
        this.nanoTime = nanoTime;
        this.ttlNanos = nanos(settings.cacheTtl());
        this.timeoutNanos = nanos(settings.lookupTimeout());
        this.permits = new Semaphore(settings.concurrentLookupsMax());
        this.breaker = new CircuitBreaker(nanoTime);
        this.entries = Caffeine.newBuilder()
                .maximumSize(settings.entriesMax())
                .expireAfterWrite(settings.maxStale())
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** @throws LookupUnavailable if the source did not answer within the deadline and nothing is remembered */
    public CachedResult<V> get(K key) throws LookupUnavailable {
        Entry<V> entry = entries.getIfPresent(key);
        if (entry != null && isFresh(entry)) {
            return CachedResult.fresh(entry.value());
        }
        if (entry != null && isPresent(entry) && !breaker.allowsCall()) {
            return new CachedResult<>(entry.value(), Freshness.STALE);
        }
        try {
            return CachedResult.fresh(lookUp(key));
        } catch (LookupUnavailable unavailable) {
            return staleResult(key).orElseThrow(() -> unavailable);
        }
    }

    /** Nothing found out before this call is given to calls that come after it, not even by a look-up that is under way. */
    public synchronized void invalidate(K key) {
        // In this order: a look-up that ends in between has either stored its answer, which then goes, or finds that it
        // may not.
        loads.remove(key);
        entries.invalidate(key);
    }

    /** Like {@link #invalidate} for all answers that match. Looks at every entry. */
    public synchronized void invalidateIf(BiPredicate<? super K, ? super V> matches) {
        // What a look-up under way will find is not known yet, so none of them may be relied on.
        loads.clear();
        entries.asMap()
                .entrySet()
                .removeIf(e -> matches.test(e.getKey(), e.getValue().value()));
        // The sweep passes over an entry that another thread is just removing, and which can be read until it is gone:
        // hence one lock for all who forget, and a wait for evictions.
        entries.cleanUp();
    }

    /** Changes may have been missed: what is remembered is asked for again, and serves only while the source cannot be asked. */
    public void invalidateAll() {
        generation.incrementAndGet();
    }

    private boolean isFresh(Entry<V> entry) {
        long age = nanoTime.getAsLong() - entry.at();
        return entry.generation() == generation.get()
                && age < (isPresent(entry) ? ttlNanos : Math.min(ttlNanos, ABSENT_NANOS))
                && changes.isConnected();
    }

    private static boolean isPresent(Entry<?> entry) {
        return !(entry.value() instanceof Optional<?> optional && optional.isEmpty());
    }

    /** Reads memory anew: what was there before the look-up may have been forgotten meanwhile. */
    private Optional<CachedResult<V>> staleResult(K key) {
        return Optional.ofNullable(entries.getIfPresent(key))
                .filter(LookupCache::isPresent)
                .map(entry -> new CachedResult<>(entry.value(), Freshness.STALE));
    }

    private V lookUp(K key) throws LookupUnavailable {
        try {
            return load(key).result.get(timeoutNanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LookupUnavailable known) {
                throw known;
            }
            throw new LookupUnavailable("the look-up failed unexpectedly", e);
        } catch (TimeoutException e) {
            breaker.failed();
            throw new LookupUnavailable("no answer within " + Duration.ofNanos(timeoutNanos), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LookupUnavailable("interrupted while waiting for an answer", e);
        }
    }

    /** Joins the look-up that is under way, unless its answer would be from before a change or it has been too long already. */
    private Load<V> load(K key) {
        Load<V> mine = new Load<>(generation.get(), nanoTime.getAsLong());
        Load<V> load = loads.compute(key, (_, other) -> other != null && mayJoin(other) ? other : mine);
        if (load == mine) {
            Thread.ofVirtual().name("lookup").start(() -> run(key, mine));
        }
        return load;
    }

    private boolean mayJoin(Load<V> load) {
        return load.generation == generation.get() && nanoTime.getAsLong() - load.startedAt < timeoutNanos;
    }

    private void run(K key, Load<V> load) {
        try {
            V value = findWithPermit(key);
            breaker.succeeded();
            end(key, load, Optional.of(value));
            load.result.complete(value);
        } catch (LookupUnavailable e) {
            breaker.failed();
            end(key, load, Optional.empty());
            load.result.completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            // A bug, perhaps one row's: it says nothing about the source, so that it must not make others use old
            // answers.
            end(key, load, Optional.empty());
            load.result.completeExceptionally(e);
        }
    }

    private V findWithPermit(K key) throws LookupUnavailable {
        try {
            if (!permits.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS)) {
                throw new LookupUnavailable("too many look-ups are waiting for the source");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LookupUnavailable("interrupted while waiting for a place", e);
        }
        try {
            return source.find(key);
        } finally {
            permits.release();
        }
    }

    /** Stores what was found, unless the look-up was cast off by a forget, which has the same lock on the key. */
    private void end(K key, Load<V> load, Optional<V> found) {
        loads.computeIfPresent(key, (_, registered) -> {
            if (registered != load) {
                return registered;
            }
            found.ifPresent(value -> entries.put(key, new Entry<>(value, load.startedAt, load.generation)));
            return null;
        });
    }

    private static long nanos(Duration duration) {
        return TimeUnit.NANOSECONDS.convert(duration);
    }

    /** @param at when the question was put, since the answer may be as old as that */
    private record Entry<V>(V value, long at, long generation) {}

    /** A look-up under way. Two of them are never equal. */
    private static final class Load<V> {
        private final long generation;
        private final long startedAt;
        private final CompletableFuture<V> result = new CompletableFuture<>();

        private Load(long era, long startedAt) {
            this.generation = era;
            this.startedAt = startedAt;
        }
    }
}
