package io.gerve.session;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Invalidation bus within one test, which delivers invalidations at once. */
public final class DirectInvalidationBus implements InvalidationBus {
    private final List<Consumer<Invalidation>> listeners = new ArrayList<>();

    @Override
    public boolean publish(Invalidation invalidation) {
        listeners.forEach(listener -> listener.accept(invalidation));
        return true;
    }

    @Override
    public void listen(Consumer<Invalidation> listener) {
        listeners.add(listener);
    }

    @Override
    public boolean isConnected() {
        return true;
    }
}
