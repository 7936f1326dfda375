package io.gerve.cli;

import io.gerve.chimney.Spread;
import io.gerve.config.RedisSettings;
import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
import io.gerve.lookup.RedisChanges;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The gates, as far as they are told of changes. Warns, once, if they could not be told. Used by one thread. */
final class Gates implements Changes, AutoCloseable {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);
    private static final Duration ANSWER_ASKED_EVERY = Duration.ofMillis(20);

    private final RedisSettings settings;
    private final Consumer<String> warnings;
    private Optional<RedisChanges> changes = Optional.empty();
    private boolean deaf;

    /** Connects when there is something to tell. */
    Gates(RedisSettings settings, Consumer<String> warnings) {
        this.settings = settings;
        this.warnings = warnings;
    }

    @Override
    public boolean publish(Change change) {
        boolean told = connected().publish(change);
        deaf |= !told;
        return told;
    }

    void heard(Spread spread) {
        deaf |= spread == Spread.DATABASE_ONLY;
    }

    /** Whether Redis answers within a few seconds. */
    boolean answer() {
        var connected = connected();
        for (long end = System.nanoTime() + ANSWER_MAX.toNanos(); System.nanoTime() < end && !connected.isHearing(); ) {
            LockSupport.parkNanos(ANSWER_ASKED_EVERY.toNanos());
        }
        return connected.isHearing();
    }

    @Override
    public void listen(Consumer<Change> listener) {
        connected().listen(listener);
    }

    @Override
    public boolean isHearing() {
        return connected().isHearing();
    }

    /** Says whether they could be told. */
    @Override
    public void close() {
        changes.ifPresent(RedisChanges::close);
        if (deaf) {
            warnings.accept(
                    "Warning: it is done, but Redis did not answer, so gates may go by what they remember for a minute"
                            + " or two. If it was about routes or servers, run gerve route rebuild when Redis is back.");
        }
    }

    private RedisChanges connected() {
        RedisChanges connected = changes.orElseGet(() -> new RedisChanges(settings));
        changes = Optional.of(connected);
        return connected;
    }
}
