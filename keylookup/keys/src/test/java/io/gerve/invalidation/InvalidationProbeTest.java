package io.gerve.invalidation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InvalidationProbeTest {
    private final AtomicLong now = new AtomicLong();
    private final InvalidationProbe probe = new InvalidationProbe(now::get);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    InvalidationProbeTest() {
        probe.bindTo(registry);
    }

    private void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private double lost() {
        return registry.get("gerve.invalidation.probes.lost").functionCounter().count();
    }

    @Test
    void delayIsMeasuredEveryTenSeconds() {
        String first = requireNonNull(probe.next());
        advance(Duration.ofMillis(30));
        probe.received(first);
        assertThat(probe.next()).isNull();
        advance(Duration.ofSeconds(10));
        assertThat(probe.next()).isNotNull().isNotEqualTo(first);
        assertThat(registry.get("gerve.invalidation.delay").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(30);
        assertThat(lost()).isZero();
    }

    /** The attack: whoever controls Redis withholds messages, or answers for them. */
    @Test
    void messageThatDoesNotComeBackIsCountedAndAForgedOneIsNot() {
        probe.next();
        probe.received("forged");
        advance(Duration.ofSeconds(10));
        probe.next();
        assertThat(lost()).isEqualTo(1);
        assertThat(registry.get("gerve.invalidation.delay").timer().count()).isZero();
    }

    @Test
    void messageOfAnEarlierSubscriptionIsNotLost() {
        probe.next();
        probe.disconnected();
        advance(Duration.ofSeconds(10));
        probe.next();
        assertThat(lost()).isZero();
    }
}
