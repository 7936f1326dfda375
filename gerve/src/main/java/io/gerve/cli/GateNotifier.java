package io.gerve.cli;

import io.gerve.config.RedisSettings;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.invalidation.RedisInvalidationBus;
import io.gerve.routing.Propagation;
import java.util.Optional;
import java.util.function.Consumer;

/** Publisher of invalidations to the gates, which warns once if Redis did not answer. Used by one thread. */
final class GateNotifier implements InvalidationBus, AutoCloseable {
    private final RedisSettings settings;
    private final Consumer<String> warnings;
    private Optional<RedisInvalidationBus> bus = Optional.empty();
    private boolean unreachable;

    /** Connects with the first invalidation. */
    GateNotifier(RedisSettings settings, Consumer<String> warnings) {
        this.settings = settings;
        this.warnings = warnings;
    }

    @Override
    public boolean publish(Invalidation invalidation) {
        boolean published = connected().publish(invalidation);
        unreachable |= !published;
        return published;
    }

    void warnUnlessPropagated(Propagation propagation) {
        unreachable |= propagation == Propagation.DATABASE_ONLY;
    }

    @Override
    public void listen(Consumer<Invalidation> listener) {
        connected().listen(listener);
    }

    @Override
    public boolean isConnected() {
        return connected().isConnected();
    }

    /** Warns if an invalidation was not published, and disconnects. */
    @Override
    public void close() {
        bus.ifPresent(RedisInvalidationBus::close);
        if (unreachable) {
            warnings.accept(
                    "Warning: the change is made, but Redis did not answer. Gates may use cached results for up to"
                            + " cache.cache_ttl, and running commands may go on for up to twice that time. After a"
                            + " change of routes or servers, run when Redis is back: gerve route rebuild");
        }
    }

    private RedisInvalidationBus connected() {
        RedisInvalidationBus connected = bus.orElseGet(() -> new RedisInvalidationBus(settings));
        bus = Optional.of(connected);
        return connected;
    }
}
