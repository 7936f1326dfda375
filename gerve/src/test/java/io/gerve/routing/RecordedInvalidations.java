package io.gerve.routing;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Changes that are heard at once by the listeners of one test. */
final class RecordedInvalidations implements InvalidationBus {
    final List<Invalidation> published = new CopyOnWriteArrayList<>();
    private final List<Consumer<Invalidation>> listeners = new CopyOnWriteArrayList<>();
    volatile boolean hearing = true;

    @Override
    public boolean publish(Invalidation change) {
        published.add(change);
        listeners.forEach(listener -> listener.accept(change));
        return hearing;
    }

    @Override
    public void listen(Consumer<Invalidation> listener) {
        listeners.add(listener);
    }

    @Override
    public boolean isConnected() {
        return hearing;
    }
}
