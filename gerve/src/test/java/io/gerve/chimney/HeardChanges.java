package io.gerve.chimney;

import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Changes that are heard at once by the listeners of one test. */
final class HeardChanges implements Changes {
    final List<Change> published = new CopyOnWriteArrayList<>();
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    volatile boolean hearing = true;

    @Override
    public boolean publish(Change change) {
        published.add(change);
        listeners.forEach(listener -> listener.accept(change));
        return hearing;
    }

    @Override
    public void listen(Consumer<Change> listener) {
        listeners.add(listener);
    }

    @Override
    public boolean isHearing() {
        return hearing;
    }
}
