package io.gerve.testing;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import java.util.function.Consumer;

/** No gate is there to be told of a change. */
public final class UnreachableGates implements InvalidationBus {
    @Override
    public boolean publish(Invalidation change) {
        return true;
    }

    @Override
    public void listen(Consumer<Invalidation> listener) {}

    @Override
    public boolean isConnected() {
        return true;
    }
}
