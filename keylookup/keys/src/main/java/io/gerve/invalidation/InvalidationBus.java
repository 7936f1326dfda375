package io.gerve.invalidation;

import java.util.function.Consumer;

/** Bus that sends invalidations to every gate and receives those of other gates. */
public interface InvalidationBus {
    /**
     * Publishes an invalidation to all gates. Delivery is best effort: while Redis is down, the change still takes
     * effect, since gates without a subscription look up every result again.
     *
     * @return true if Redis accepted the message
     */
    boolean publish(Invalidation invalidation);

    /**
     * Registers a listener for all further invalidations. It runs on a thread that it must not block. After a gap in
     * the subscription, in which invalidations may have been missed, the listener receives {@link Invalidation#site()}.
     */
    void listen(Consumer<Invalidation> listener);

    /** Returns true while the subscription is active. Without it, cached results may be out of date. */
    boolean isConnected();
}
