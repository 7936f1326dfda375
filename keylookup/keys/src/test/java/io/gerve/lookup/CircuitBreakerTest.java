package io.gerve.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE);
    private final CircuitBreaker breaker = new CircuitBreaker(2, Duration.ofSeconds(1), now::get);

    @Test
    void opensAfterConsecutiveFailuresOnly() {
        breaker.failed();
        breaker.succeeded();
        breaker.failed();
        assertThat(breaker.allowsCall()).as("one failure in a row").isTrue();
        breaker.failed();
        assertThat(breaker.allowsCall()).as("two failures in a row").isFalse();
    }

    @Test
    void halfOpenAllowsOneCallAtATime() {
        open();
        advance(Duration.ofSeconds(1).minusNanos(1));
        assertThat(breaker.allowsCall()).as("open").isFalse();
        advance(Duration.ofNanos(1));
        assertThat(breaker.allowsCall()).as("half-open").isTrue();
        advance(Duration.ofHours(1));
        assertThat(breaker.allowsCall()).as("during the call").isFalse();
    }

    @Test
    void successClosesAndFailureOpensAgain() {
        halfOpen();
        breaker.failed();
        assertThat(breaker.allowsCall()).isFalse();
        advance(Duration.ofSeconds(1));
        assertThat(breaker.allowsCall()).isTrue();
        breaker.succeeded();
        assertThat(breaker.allowsCall()).isTrue();
        assertThat(breaker.allowsCall()).as("a second call at the same time").isTrue();
    }

    @Test
    void abandonedCallLetsTheNextCallerTryAtOnce() {
        halfOpen();
        breaker.abandoned();
        assertThat(breaker.allowsCall()).isTrue();
        assertThat(breaker.allowsCall()).isFalse();
    }

    @Test
    void abandonedCallChangesNothingWhileClosedOrOpen() {
        breaker.abandoned();
        assertThat(breaker.allowsCall()).isTrue();
        open();
        breaker.abandoned();
        assertThat(breaker.allowsCall()).isFalse();
    }

    @Test
    void outcomeOfACallerThatDidNotAskCountsToo() {
        open();
        breaker.succeeded();
        assertThat(breaker.allowsCall()).isTrue();
    }

    @Test
    void openTimeDoublesUpToItsMaximumUntilASuccess() {
        var doubling = new CircuitBreaker(1, Duration.ofMillis(500), Duration.ofSeconds(30), now::get);
        for (long millis : new long[] {500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000}) {
            assertOpensFor(doubling, Duration.ofMillis(millis));
        }
        for (int i = 0; i < 100; i++) {
            doubling.failed();
        }
        assertOpensFor(doubling, Duration.ofSeconds(30));
        doubling.succeeded();
        assertOpensFor(doubling, Duration.ofMillis(500));
    }

    private void assertOpensFor(CircuitBreaker doubling, Duration time) {
        doubling.failed();
        advance(time.minusNanos(1));
        assertThat(doubling.allowsCall()).as("just before %s", time).isFalse();
        advance(Duration.ofNanos(1));
        assertThat(doubling.allowsCall()).as("after %s", time).isTrue();
    }

    private void open() {
        breaker.failed();
        breaker.failed();
    }

    private void halfOpen() {
        open();
        advance(Duration.ofSeconds(1));
        assertThat(breaker.allowsCall()).isTrue();
    }

    private void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
