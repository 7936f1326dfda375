package io.gerve.invalidation;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Invalidation bus within one test. It delivers invalidations at once, and its connection can be switched off. */
public final class FakeInvalidationBus implements InvalidationBus {
    private final List<Consumer<Invalidation>> listeners = new CopyOnWriteArrayList<>();
    private final List<Invalidation> published = new CopyOnWriteArrayList<>();
    private volatile boolean connected = true;

    @Override
    public boolean publish(Invalidation invalidation) {
        published.add(invalidation);
        if (connected) {
            listeners.forEach(listener -> listener.accept(invalidation));
        }
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

    public void setConnected(boolean connected) {
        this.connected = connected;
    }

    public List<Invalidation> published() {
        return List.copyOf(published);
    }
}
