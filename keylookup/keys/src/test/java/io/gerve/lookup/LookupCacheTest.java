package io.gerve.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.gerve.config.CacheSettings;
import io.gerve.invalidation.FakeInvalidationBus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LookupCacheTest {
    private static final Duration FRESH = Duration.ofSeconds(60);
    private static final Duration KEPT = Duration.ofMinutes(10);
    /** Each caller who is to wait in vain waits as long; a look-up that is to succeed must be done by then on a busy machine, too. */
    private static final Duration IMPATIENT = Duration.ofSeconds(1);

    private static final CachedResult<Optional<String>> OLD = CachedResult.fresh(Optional.of("old"));
    private static final CachedResult<Optional<String>> NEW = CachedResult.fresh(Optional.of("new"));
    private static final CachedResult<Optional<String>> REMEMBERED =
            new CachedResult<>(Optional.of("old"), Freshness.STALE);

    private final AtomicLong now = new AtomicLong();
    private final FakeInvalidationBus changes = new FakeInvalidationBus();
    private final Source source = new Source();
    private final LookupCache<String, Optional<String>> cache = cache(Duration.ofSeconds(20), 1000, 8);

    @Test
    void aYoungAnswerIsGivenFromMemory() throws Exception {
        assertThat(cache.get("key")).isEqualTo(OLD);
        source.answer = Optional.of("new");
        pass(FRESH.minusNanos(1));
        assertThat(cache.get("key")).isEqualTo(OLD);
        pass(Duration.ofNanos(1));
        assertThat(cache.get("key")).isEqualTo(NEW);
        assertThat(source.calls()).isEqualTo(2);
    }

    @Test
    void whileChangesAreNotHeardTheSourceIsAskedEachTime() throws Exception {
        changes.hearing(false);
        assertThat(cache.get("key")).isEqualTo(OLD);
        source.answer = Optional.of("new");
        assertThat(cache.get("key")).isEqualTo(NEW);
    }

    @Test
    void anOldAnswerStandsInForASourceThatFailsUntilItIsTooOld() throws Exception {
        cache.get("key");
        source.failing = true;
        pass(FRESH);
        assertThat(cache.get("key")).isEqualTo(REMEMBERED);
        pass(KEPT.minus(FRESH).minusNanos(1));
        assertThat(cache.get("key")).isEqualTo(REMEMBERED);
        pass(Duration.ofNanos(1));
        assertUnavailable("key");
        assertUnavailable("never seen");
    }

    @Test
    void thatSomethingIsNotThereIsBelievedForSecondsAndNeverFromMemoryAlone() throws Exception {
        source.answer = Optional.empty();
        assertThat(cache.get("key").value()).isEmpty();
        pass(Duration.ofSeconds(5).minusNanos(1));
        cache.get("key");
        assertThat(source.calls()).isEqualTo(1);
        pass(Duration.ofNanos(1));
        cache.get("key");
        assertThat(source.calls()).isEqualTo(2);
        source.failing = true;
        pass(Duration.ofSeconds(5));
        assertUnavailable("key");
    }

    @Test
    void callersWhoAskTheSameAtTheSameTimeShareOneLookUp() throws Exception {
        changes.hearing(false);
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
    void aStuckSourceHoldsNobodyBeyondTheDeadlineAndThenNobodyWhoCanDoWithout() throws Exception {
        var impatient = cache(IMPATIENT, 1000, 8);
        impatient.get("key");
        impatient.get("other");
        pass(FRESH);
        CountDownLatch released = source.holdNext();
        assertThat(impatient.get("key")).isEqualTo(REMEMBERED);
        int calls = source.calls();
        assertThat(impatient.get("key")).isEqualTo(REMEMBERED);
        assertThat(impatient.get("other")).isEqualTo(REMEMBERED);
        assertThat(source.calls()).as("asked while it is known to be stuck").isEqualTo(calls);
        pass(Duration.ofSeconds(1));
        assertThat(impatient.get("other"))
                .as("one caller in a second tries again")
                .isEqualTo(OLD);
        released.countDown();
    }

    @Test
    void aLookUpThatIsLateIsNotJoinedAnyMore() throws Exception {
        var impatient = cache(IMPATIENT, 1000, 8);
        CountDownLatch released = source.holdNext();
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> impatient.get("key"));
        pass(IMPATIENT);
        source.answer = Optional.of("new");
        assertThat(impatient.get("key")).isEqualTo(NEW);
        released.countDown();
        assertThat(impatient.get("key")).isEqualTo(NEW);
    }

    @Test
    void onlySoManyLookUpsAskTheSourceAtOneTime() throws Exception {
        var narrow = cache(IMPATIENT, 1000, 2);
        CountDownLatch one = source.holdNext();
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> narrow.get("1"));
        CountDownLatch two = source.holdNext();
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> narrow.get("2"));
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> narrow.get("3"));
        assertThat(source.calls()).isEqualTo(2);
        one.countDown();
        two.countDown();
        // Not "3" again: time stands still here, so that its look-up, which is just giving up, could be joined.
        assertThat(narrow.get("4")).isEqualTo(OLD);
    }

    @Test
    void whatIsForgottenDuringItsLookUpIsNeitherKeptNorJoined() throws Exception {
        assertOvertakenBy(() -> cache.invalidate("key"));
    }

    @Test
    void aSweepOvertakesLookUpsWhoseAnswerItCannotKnow() throws Exception {
        assertOvertakenBy(() -> cache.invalidateIf((_, value) -> value.equals(Optional.of("old"))));
    }

    @Test
    void doubtOvertakesLookUps() throws Exception {
        assertOvertakenBy(cache::invalidateAll);
    }

    @Test
    void onlyWhatMatchesIsForgotten() throws Exception {
        cache.get("key");
        source.answer = Optional.of("new");
        cache.get("other");
        cache.invalidateIf((key, value) -> key.equals("key") && value.isPresent());
        source.failing = true;
        assertUnavailable("key");
        assertThat(cache.get("other")).isEqualTo(NEW);
    }

    @Test
    void whatIsInDoubtIsAskedForAgainAndServesWhileItCannotBe() throws Exception {
        cache.get("key");
        cache.invalidateAll();
        source.failing = true;
        assertThat(cache.get("key")).isEqualTo(REMEMBERED);
        source.failing = false;
        source.answer = Optional.of("new");
        pass(Duration.ofSeconds(1));
        assertThat(cache.get("key")).isEqualTo(NEW);
        assertThat(cache.get("key")).isEqualTo(NEW);
        assertThat(source.calls()).isEqualTo(3);
    }

    /** One poisonous row must not make the whole site live on old answers, in which nobody may push. */
    @Test
    void aBugInTheSourceIsARefusalForThatQuestionAlone() throws Exception {
        cache.get("other");
        pass(FRESH);
        source.bug = true;
        assertUnavailable("key");
        source.bug = false;
        assertThat(cache.get("other")).isEqualTo(OLD);
    }

    @Test
    void anOldFailureSaysNothingAboutTheSource() throws Exception {
        cache.get("key");
        cache.get("other");
        source.failing = true;
        assertUnavailable("third");
        source.failing = false;
        pass(FRESH);
        CountDownLatch released = source.holdNext();
        var first = new FutureTask<>(() -> cache.get("key"));
        Thread.ofVirtual().start(first);
        await().until(() -> source.calls() == 4);
        assertThat(cache.get("other")).isEqualTo(OLD);
        released.countDown();
        assertThat(first.get()).isEqualTo(OLD);
    }

    @Test
    void memoryIsBoundedInNumber() throws Exception {
        var small = cache(Duration.ofSeconds(20), 10, 8);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 500; i++) {
                small.get("key " + i);
            }
        }
        assertThat(source.calls()).isGreaterThanOrEqualTo(1000 - 10);
    }

    private void assertOvertakenBy(Runnable change) throws Exception {
        CountDownLatch released = source.holdNext();
        var early = new FutureTask<>(() -> cache.get("key"));
        Thread.ofVirtual().start(early);
        await().until(() -> source.calls() == 1);

        source.answer = Optional.of("new");
        change.run();
        assertThat(cache.get("key")).as("a look-up of its own").isEqualTo(NEW);
        released.countDown();
        assertThat(early.get()).isEqualTo(OLD);
        assertThat(cache.get("key")).as("what is kept").isEqualTo(NEW);
        assertThat(source.calls()).isEqualTo(2);
    }

    private LookupCache<String, Optional<String>> cache(Duration deadline, long entriesMax, int concurrentMax) {
        var settings = new CacheSettings(FRESH, KEPT, entriesMax, deadline, concurrentMax);
        return new LookupCache<>(settings, source, changes, now::get);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private void assertUnavailable(String key) {
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> cache.get(key));
    }

    /** Answers what it is told to, and can be made to fail, or to hold one answer back until released. */
    private static final class Source implements LookupSource<String, Optional<String>> {
        private final AtomicInteger calls = new AtomicInteger();
        private volatile Optional<String> answer = Optional.of("old");
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
            Optional<String> found = answer;
            CountDownLatch held = hold;
            hold = new CountDownLatch(0);
            calls.incrementAndGet();
            try {
                held.await();
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
