package io.gerve.routing;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Invalidation bus that records messages and delivers them synchronously to the listeners of one test. */
final class RecordedInvalidations implements InvalidationBus {
    final List<Invalidation> published = new CopyOnWriteArrayList<>();
    private final List<Consumer<Invalidation>> listeners = new CopyOnWriteArrayList<>();
    volatile boolean connected = true;

    @Override
    public boolean publish(Invalidation invalidation) {
        published.add(invalidation);
        listeners.forEach(listener -> listener.accept(invalidation));
        return connected;
    }

    @Override
    public void listen(Consumer<Invalidation> listener) {
        listeners.add(listener);
    }

    @Override
    public boolean isConnected() {
        return connected;
    }
}
