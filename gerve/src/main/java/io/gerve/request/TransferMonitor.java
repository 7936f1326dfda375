package io.gerve.request;

import io.gerve.push.PushObserver;
import io.gerve.push.PushedRefs;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The bytes of one request in each direction, counted by the threads that carry them, and read along if it is a push. */
public final class TransferMonitor {
    private final LongAdder in = new LongAdder();
    private final LongAdder out = new LongAdder();
    private volatile @Nullable PushObserver pushObserver;

    /** To be called before a byte flows. */
    public void observePush() {
        pushObserver = new PushObserver();
    }

    public void in(byte[] bytes, int start, int length) {
        in.add(length);
        PushObserver watch = pushObserver;
        if (watch != null) {
            watch.in(bytes, start, length);
        }
    }

    /** @param length bytes for the client's standard output, which it may not take any more */
    public void peek(byte[] bytes, int start, int length) {
        PushObserver watch = pushObserver;
        if (watch != null) {
            watch.out(bytes, start, length);
        }
    }

    public void out(int bytes) {
        out.add(bytes);
    }

    /** From the client. */
    long bytesIn() {
        return in.sum();
    }

    /** To the client, on both of its streams. */
    long bytesOut() {
        return out.sum();
    }

    public PushedRefs refs() {
        PushObserver watch = pushObserver;
        return watch == null || bytesIn() == 0 ? PushedRefs.NONE : watch.refs();
    }
}
