package io.gerve.invalidation;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Changes within one test: what is published is heard at once, and whether anything is heard can be switched. */
public final class FakeInvalidationBus implements InvalidationBus {
    private final List<Consumer<Invalidation>> listeners = new CopyOnWriteArrayList<>();
    private final List<Invalidation> published = new CopyOnWriteArrayList<>();
    private volatile boolean hearing = true;

    @Override
    public boolean publish(Invalidation change) {
        published.add(change);
        if (hearing) {
            listeners.forEach(listener -> listener.accept(change));
        }
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

    public void hearing(boolean now) {
        hearing = now;
    }

    public List<Invalidation> published() {
        return List.copyOf(published);
    }
}
