package io.gerve.invalidation;

import java.util.function.Consumer;

/** Tells every gate what changed, and hears it from the others. */
public interface InvalidationBus {
    /**
     * Tells all gates. Best effort: when Redis is away the change still holds, since remembered answers then are asked for
     * again each time.
     *
     * @return whether Redis took the message
     */
    boolean publish(Invalidation change);

    /**
     * Hears every change from now on, on a thread that must not be held up. After a gap, in which changes may have been missed,
     * {@link Invalidation#site()} is heard.
     */
    void listen(Consumer<Invalidation> listener);

    /** Whether changes are being heard now. While not, remembered answers may be out of date. */
    boolean isConnected();
}
