package io.gerve.session;

import java.util.concurrent.atomic.LongAdder;

/** The bytes of one request in each direction, counted by the threads that carry them. */
final class Traffic {
    private final LongAdder in = new LongAdder();
    private final LongAdder out = new LongAdder();

    void in(int bytes) {
        in.add(bytes);
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
}
