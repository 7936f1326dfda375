package io.gerve.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.gerve.config.CacheSettings;
import io.gerve.invalidation.FakeInvalidationBus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LookupCacheTest {
    private static final Duration CACHE_TTL = Duration.ofSeconds(60);
    private static final Duration MAX_STALE = Duration.ofMinutes(10);
    /** Look-up timeout for hanging look-ups. It must be long enough for a successful look-up on a busy machine. */
    private static final Duration SHORT_TIMEOUT = Duration.ofSeconds(1);

    private static final CachedResult<Optional<String>> OLD = CachedResult.fresh(Optional.of("old"));
    private static final CachedResult<Optional<String>> NEW = CachedResult.fresh(Optional.of("new"));
    private static final CachedResult<Optional<String>> STALE_OLD =
            new CachedResult<>(Optional.of("old"), Freshness.STALE);

    private final AtomicLong now = new AtomicLong();
    private final FakeInvalidationBus invalidations = new FakeInvalidationBus();
    private final Source source = new Source();
    private final LookupCache<String, Optional<String>> cache = cache(Duration.ofSeconds(20), 1000, 8);

    @Test
    void freshResultIsServedFromCache() throws Exception {
        assertThat(cache.get("key")).isEqualTo(OLD);
        source.result = Optional.of("new");
        advance(CACHE_TTL.minusNanos(1));
        assertThat(cache.get("key")).isEqualTo(OLD);
        advance(Duration.ofNanos(1));
        assertThat(cache.get("key")).isEqualTo(NEW);
        assertThat(source.calls()).isEqualTo(2);
    }

    @Test
    void sourceIsQueriedEachTimeWhileBusIsDisconnected() throws Exception {
        invalidations.setConnected(false);
        assertThat(cache.get("key")).isEqualTo(OLD);
        source.result = Optional.of("new");
        assertThat(cache.get("key")).isEqualTo(NEW);
    }

    @Test
    void staleResultIsServedUntilMaxStale() throws Exception {
        cache.get("key");
        source.failing = true;
        advance(CACHE_TTL);
        assertThat(cache.get("key")).isEqualTo(STALE_OLD);
        advance(MAX_STALE.minus(CACHE_TTL).minusNanos(1));
        assertThat(cache.get("key")).isEqualTo(STALE_OLD);
        advance(Duration.ofNanos(1));
        assertUnavailable("key");
        assertUnavailable("never seen");
    }

    @Test
    void lookUpsAreCountedByResult() throws Exception {
        var registry = new SimpleMeterRegistry();
        cache.bindTo(registry, "keys");
        cache.get("key");
        cache.get("key");
        advance(CACHE_TTL);
        source.failing = true;
        cache.get("key");
        cache.get("key");
        assertUnavailable("never seen");
        assertThat(lookups(registry)).containsExactlyInAnyOrder("hit 1", "miss 1", "stale 2", "unavailable 1");
        assertThat(registry.get("gerve.lookup.source")
                        .tag("cache", "keys")
                        .functionTimer()
                        .count())
                .isEqualTo(source.calls());
        assertThat(registry.get("gerve.cache.entries").gauge().value()).isEqualTo(1);
        assertThat(registry.get("gerve.cache.age").functionTimer().count()).isEqualTo(3);
        assertThat(registry.get("gerve.cache.age").functionTimer().totalTime(TimeUnit.NANOSECONDS))
                .isEqualTo(2.0 * CACHE_TTL.toNanos());
    }

    private static List<String> lookups(MeterRegistry registry) {
        return registry.get("gerve.lookups").tag("cache", "keys").functionCounters().stream()
                .map(counter -> counter.getId().getTag("result") + " " + (long) counter.count())
                .toList();
    }

    @Test
    void absenceIsCachedForSecondsAndNeverServedStale() throws Exception {
        source.result = Optional.empty();
        assertThat(cache.get("key").value()).isEmpty();
        advance(Duration.ofSeconds(5).minusNanos(1));
        cache.get("key");
        assertThat(source.calls()).isEqualTo(1);
        advance(Duration.ofNanos(1));
        cache.get("key");
        assertThat(source.calls()).isEqualTo(2);
        source.failing = true;
        advance(Duration.ofSeconds(5));
        assertUnavailable("key");
    }

    @Test
    void concurrentCallersShareOneLookUp() throws Exception {
        invalidations.setConnected(false);
        CountDownLatch released = source.holdNext();
        List<FutureTask<CachedResult<Optional<String>>>> callers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            var caller = new FutureTask<>(() -> cache.get("key"));
            callers.add(caller);
            threads.add(Thread.ofVirtual().start(caller));
        }
        await().until(() -> threads.stream().allMatch(t -> t.getState() == Thread.State.TIMED_WAITING));
        released.countDown();
        for (var caller : callers) {
            assertThat(caller.get()).isEqualTo(OLD);
        }
        assertThat(source.calls()).isEqualTo(1);
    }

    @Test
    void hangingSourceDelaysNoCallerBeyondTimeoutAndOpensBreaker() throws Exception {
        var timedCache = cache(SHORT_TIMEOUT, 1000, 8);
        timedCache.get("key");
        timedCache.get("other");
        advance(CACHE_TTL);
        CountDownLatch released = source.holdNext();
        assertThat(timedCache.get("key")).isEqualTo(STALE_OLD);
        int calls = source.calls();
        assertThat(timedCache.get("key")).isEqualTo(STALE_OLD);
        assertThat(timedCache.get("other")).isEqualTo(STALE_OLD);
        assertThat(source.calls()).as("calls while the breaker is open").isEqualTo(calls);
        advance(Duration.ofSeconds(1));
        assertThat(timedCache.get("other"))
                .as("one caller in a second tries again")
                .isEqualTo(OLD);
        released.countDown();
    }

    @Test
    void lateLookUpIsNotJoined() throws Exception {
        var timedCache = cache(SHORT_TIMEOUT, 1000, 8);
        CountDownLatch released = source.holdNext();
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> timedCache.get("key"));
        advance(SHORT_TIMEOUT);
        source.result = Optional.of("new");
        assertThat(timedCache.get("key")).isEqualTo(NEW);
        released.countDown();
        assertThat(timedCache.get("key")).isEqualTo(NEW);
    }

    @Test
    void concurrentLookUpsAreLimited() throws Exception {
        var limited = cache(SHORT_TIMEOUT, 1000, 2);
        CountDownLatch one = source.holdNext();
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> limited.get("1"));
        CountDownLatch two = source.holdNext();
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> limited.get("2"));
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> limited.get("3"));
        assertThat(source.calls()).isEqualTo(2);
        one.countDown();
        two.countDown();
        // Not "3" again: the test's clock does not advance, so this call could join the look-up of "3" that is about to
        // fail.
        assertThat(limited.get("4")).isEqualTo(OLD);
    }

    @Test
    void runningLookUpIsDiscardedByInvalidate() throws Exception {
        assertDiscardedBy(() -> cache.invalidate("key"));
    }

    @Test
    void runningLookUpIsDiscardedByInvalidateIf() throws Exception {
        assertDiscardedBy(() -> cache.invalidateIf((_, value) -> value.equals(Optional.of("old"))));
    }

    @Test
    void runningLookUpIsDiscardedByInvalidateAll() throws Exception {
        assertDiscardedBy(cache::invalidateAll);
    }

    @Test
    void invalidateIfRemovesMatchingResultsOnly() throws Exception {
        cache.get("key");
        source.result = Optional.of("new");
        cache.get("other");
        cache.invalidateIf((key, value) -> key.equals("key") && value.isPresent());
        source.failing = true;
        assertUnavailable("key");
        assertThat(cache.get("other")).isEqualTo(NEW);
    }

    @Test
    void invalidatedResultIsLookedUpAgainAndServedStaleOnFailure() throws Exception {
        cache.get("key");
        cache.invalidateAll();
        source.failing = true;
        assertThat(cache.get("key")).isEqualTo(STALE_OLD);
        source.failing = false;
        source.result = Optional.of("new");
        advance(Duration.ofSeconds(1));
        assertThat(cache.get("key")).isEqualTo(NEW);
        assertThat(cache.get("key")).isEqualTo(NEW);
        assertThat(source.calls()).isEqualTo(3);
    }

    /**
     * One invalid row must not open the circuit breaker: the whole site would use stale results, with which no push is
     * allowed.
     */
    @Test
    void bugInSourceAffectsOneKeyOnly() throws Exception {
        cache.get("other");
        advance(CACHE_TTL);
        source.bug = true;
        assertUnavailable("key");
        source.bug = false;
        assertThat(cache.get("other")).isEqualTo(OLD);
    }

    @Test
    void oneCallerAtATimeTriesAgainUntilTheSourceAnswers() throws Exception {
        cache.get("key");
        cache.get("other");
        source.failing = true;
        assertUnavailable("third");
        source.failing = false;
        advance(CACHE_TTL);
        CountDownLatch released = source.holdNext();
        var first = new FutureTask<>(() -> cache.get("key"));
        Thread.ofVirtual().start(first);
        await().until(() -> source.calls() == 4);
        assertThat(cache.get("other")).isEqualTo(STALE_OLD);
        released.countDown();
        assertThat(first.get()).isEqualTo(OLD);
        assertThat(cache.get("other")).isEqualTo(OLD);
    }

    /** Otherwise nobody would try again, and the whole site would use stale results for ever. */
    @Test
    void bugDuringTheOneTryLetsTheNextCallerTry() throws Exception {
        cache.get("key");
        cache.get("other");
        source.failing = true;
        assertUnavailable("third");
        source.failing = false;
        advance(CACHE_TTL);
        source.bug = true;
        assertThat(cache.get("key")).isEqualTo(STALE_OLD);
        source.bug = false;
        assertThat(cache.get("other")).isEqualTo(OLD);
    }

    @Test
    void numberOfEntriesIsBounded() throws Exception {
        var small = cache(Duration.ofSeconds(20), 10, 8);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 500; i++) {
                small.get("key " + i);
            }
        }
        assertThat(source.calls()).isGreaterThanOrEqualTo(1000 - 10);
    }

    private void assertDiscardedBy(Runnable change) throws Exception {
        CountDownLatch released = source.holdNext();
        var early = new FutureTask<>(() -> cache.get("key"));
        Thread.ofVirtual().start(early);
        await().until(() -> source.calls() == 1);

        source.result = Optional.of("new");
        change.run();
        assertThat(cache.get("key")).as("new look-up").isEqualTo(NEW);
        released.countDown();
        assertThat(early.get()).isEqualTo(OLD);
        assertThat(cache.get("key")).as("cached result").isEqualTo(NEW);
        assertThat(source.calls()).isEqualTo(2);
    }

    private LookupCache<String, Optional<String>> cache(Duration lookupTimeout, long entriesMax, int concurrentMax) {
        var settings = new CacheSettings(CACHE_TTL, MAX_STALE, entriesMax, lookupTimeout, concurrentMax);
        return new LookupCache<>(settings, source, invalidations, now::get);
    }

    private void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private void assertUnavailable(String key) {
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> cache.get(key));
    }

    /** Source with a configurable result, which can fail, throw, or block one call until released. */
    private static final class Source implements LookupSource<String, Optional<String>> {
        private final AtomicInteger calls = new AtomicInteger();
        private volatile Optional<String> result = Optional.of("old");
        private volatile boolean failing;
        private volatile boolean bug;
        private volatile CountDownLatch hold = new CountDownLatch(0);

        CountDownLatch holdNext() {
            hold = new CountDownLatch(1);
            return hold;
        }

        int calls() {
            return calls.get();
        }

        @Override
        public Optional<String> find(String key) throws LookupUnavailable {
            Optional<String> found = result;
            CountDownLatch latch = hold;
            hold = new CountDownLatch(0);
            calls.incrementAndGet();
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new LookupUnavailable("interrupted", e);
            }
            if (failing) {
                throw new LookupUnavailable("failing");
            }
            if (bug) {
                throw new IllegalStateException("a bug");
            }
            return found;
        }
    }
}
