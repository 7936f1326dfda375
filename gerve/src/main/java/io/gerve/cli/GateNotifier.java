package io.gerve.cli;

import io.gerve.config.RedisSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.invalidation.RedisInvalidationBus;
import io.gerve.routing.Propagation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The gates, as far as they are told of changes. Warns, once, if they could not be told. Used by one thread. */
final class GateNotifier implements InvalidationBus, AutoCloseable {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);
    private static final Duration ANSWER_ASKED_EVERY = Duration.ofMillis(20);

    private final RedisSettings settings;
    private final Consumer<String> warnings;
    private Optional<RedisInvalidationBus> changes = Optional.empty();
    private boolean unreachable;

    /** Connects when there is something to tell. */
    GateNotifier(RedisSettings settings, Consumer<String> warnings) {
        this.settings = settings;
        this.warnings = warnings;
    }

    @Override
    public boolean publish(Invalidation change) {
        boolean told = connected().publish(change);
        unreachable |= !told;
        return told;
    }

    void warnUnlessPropagated(Propagation spread) {
        unreachable |= spread == Propagation.DATABASE_ONLY;
    }

    /** Whether Redis answers within a few seconds. */
    boolean probe() {
        var connected = connected();
        for (long end = System.nanoTime() + ANSWER_MAX.toNanos();
                System.nanoTime() < end && !connected.isConnected(); ) {
            LockSupport.parkNanos(ANSWER_ASKED_EVERY.toNanos());
        }
        return connected.isConnected();
    }

    @Override
    public void listen(Consumer<Invalidation> listener) {
        connected().listen(listener);
    }

    @Override
    public boolean isConnected() {
        return connected().isConnected();
    }

    /** Says whether they could be told. */
    @Override
    public void close() {
        changes.ifPresent(RedisInvalidationBus::close);
        if (unreachable) {
            warnings.accept(
                    "Warning: it is done, but Redis did not answer, so gates may go by what they remember for a minute"
                            + " or two. If it was about routes or servers, run gerve route rebuild when Redis is back.");
        }
    }

    private RedisInvalidationBus connected() {
        RedisInvalidationBus connected = changes.orElseGet(() -> new RedisInvalidationBus(settings));
        changes = Optional.of(connected);
        return connected;
    }
}
