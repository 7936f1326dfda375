package io.gerve.connection;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Place of one connection among the {@link PendingConnections}, which it has whenever it waits for its client. Safe for
 * use by many threads, without a lock: taking a place may close another connection, which gives up its own.
 */
public final class PendingPlace<C> {
    private final BooleanSupplier isPending;
    private final Supplier<PendingConnections<C>.Entry> take;
    private final AtomicReference<Optional<PendingConnections<C>.Entry>> entry =
            new AtomicReference<>(Optional.empty());

    /**
     * @param isPending whether the connection is open and waits for its client
     * @param take takes a place
     */
    public PendingPlace(BooleanSupplier isPending, Supplier<PendingConnections<C>.Entry> take) {
        this.isPending = isPending;
        this.take = take;
    }

    /** Takes a place or gives it up. Must be called after each change of what {@code isPending} returns. */
    public void update() {
        if (isPending.getAsBoolean()) {
            replace(Optional.of(take.get()));
        }
        // Also if that has changed meanwhile: the other thread may have given up the place before this one took it.
        if (!isPending.getAsBoolean()) {
            replace(Optional.empty());
        }
    }

    /** Says how many bytes the connection holds now, if it has a place. */
    public void buffered(int size) {
        entry.get().ifPresent(place -> place.buffered(size));
    }

    private void replace(Optional<PendingConnections<C>.Entry> next) {
        entry.getAndSet(next).ifPresent(PendingConnections.Entry::close);
    }
}
