package io.gerve.invalidation;

import io.gerve.metrics.LatencyTimer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long a message takes through Redis until this program has acted on all messages before it. It is the time
 * until a revocation takes effect on cached results. The messages have a channel of their own, which no other program
 * listens to. Safe for use by many threads.
 */
final class InvalidationProbe {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final String channel = "gerve:probe:" + UUID.randomUUID();
    private final LongSupplier nanoTime;
    private final LongAdder lost = new LongAdder();
    private volatile @Nullable Timer delays;
    private @Nullable String awaited;
    private long sentAt;

    InvalidationProbe(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.sentAt = nanoTime.getAsLong() - INTERVAL.toNanos();
    }

    String channel() {
        return channel;
    }

    void bindTo(MeterRegistry registry) {
        delays = LatencyTimer.ofCalls("gerve.invalidation.delay")
                .description("Time from the publication of a message until this program has acted on it")
                .register(registry);
        FunctionCounter.builder("gerve.invalidation.probes.lost", lost, LongAdder::sum)
                .description("Messages to itself that this program did not receive within ten seconds")
                .register(registry);
    }

    /** Returns the next message to publish on the channel, or null if none is due. Counts the one before if it is lost. */
    synchronized @Nullable String next() {
        long now = nanoTime.getAsLong();
        if (now - sentAt < INTERVAL.toNanos()) {
            return null;
        }
        if (awaited != null) {
            lost.increment();
        }
        sentAt = now;
        awaited = UUID.randomUUID().toString();
        return awaited;
    }

    /** Forgets the message that is awaited, since the subscription has ended. */
    synchronized void disconnected() {
        awaited = null;
    }

    /** Measures the delay. Ignores a message that is not the awaited one, which somebody else has published. */
    synchronized void received(String message) {
        if (!message.equals(awaited)) {
            return;
        }
        awaited = null;
        Timer timer = delays;
        if (timer != null) {
            timer.record(Duration.ofNanos(nanoTime.getAsLong() - sentAt));
        }
    }
}
