package io.gerve.testing;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import java.util.function.Consumer;

/** Invalidation bus without gates to notify. */
public final class UnreachableGates implements InvalidationBus {
    @Override
    public boolean publish(Invalidation invalidation) {
        return true;
    }

    @Override
    public void listen(Consumer<Invalidation> listener) {}

    @Override
    public boolean isConnected() {
        return true;
    }
}
