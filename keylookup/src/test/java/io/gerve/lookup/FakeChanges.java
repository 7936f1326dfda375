package io.gerve.lookup;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Changes within one test: what is published is heard at once, and whether anything is heard can be switched. */
public final class FakeChanges implements Changes {
    private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
    private final List<Change> published = new CopyOnWriteArrayList<>();
    private volatile boolean hearing = true;

    @Override
    public boolean publish(Change change) {
        published.add(change);
        if (hearing) {
            listeners.forEach(listener -> listener.accept(change));
        }
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

    public void hearing(boolean now) {
        hearing = now;
    }

    public List<Change> published() {
        return List.copyOf(published);
    }
}
