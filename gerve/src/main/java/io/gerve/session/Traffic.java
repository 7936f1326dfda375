package io.gerve.session;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The bytes of one request in each direction, counted by the threads that carry them, and read along if it is a push. */
final class Traffic {
    private final LongAdder in = new LongAdder();
    private final LongAdder out = new LongAdder();
    private volatile @Nullable PushWatch push;

    /** To be called before a byte flows. */
    void watchPush() {
        push = new PushWatch();
    }

    void in(byte[] bytes, int start, int length) {
        in.add(length);
        PushWatch watch = push;
        if (watch != null) {
            watch.in(bytes, start, length);
        }
    }

    /** @param length bytes for the client's standard output, which it may not take any more */
    void offered(byte[] bytes, int start, int length) {
        PushWatch watch = push;
        if (watch != null) {
            watch.out(bytes, start, length);
        }
    }

    void out(int bytes) {
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

    PushedRefs refs() {
        PushWatch watch = push;
        return watch == null || bytesIn() == 0 ? PushedRefs.NONE : watch.refs();
    }
}
