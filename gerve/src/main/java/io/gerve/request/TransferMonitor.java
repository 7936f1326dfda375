package io.gerve.request;

import io.gerve.push.PushObserver;
import io.gerve.push.PushedRefs;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counter of the bytes of one request in each direction, and observer of its push. Used by the threads that copy the
 * bytes.
 */
public final class TransferMonitor {
    private final LongAdder in = new LongAdder();
    private final LongAdder out = new LongAdder();
    private final RequestMetrics.Traffic total;
    private final long startedAt = System.nanoTime();
    private volatile Duration firstByte = Duration.ZERO;
    private volatile @Nullable PushObserver pushObserver;

    public TransferMonitor() {
        this(new RequestMetrics.Traffic(new LongAdder(), new LongAdder()));
    }

    /** @param total counts the bytes of this request too */
    TransferMonitor(RequestMetrics.Traffic total) {
        this.total = total;
    }

    /** Enables the observation of a push. Must be called before the first byte. */
    public void observePush() {
        pushObserver = new PushObserver();
    }

    public void in(byte[] bytes, int start, int length) {
        in.add(length);
        total.in().add(length);
        PushObserver observer = pushObserver;
        if (observer != null) {
            observer.in(bytes, start, length);
        }
    }

    /** Observes bytes for the standard output of the client, which may no longer receive them. */
    public void peek(byte[] bytes, int start, int length) {
        PushObserver observer = pushObserver;
        if (observer != null) {
            observer.out(bytes, start, length);
        }
    }

    public void out(int bytes) {
        out.add(bytes);
        total.out().add(bytes);
        if (firstByte.isZero()) {
            firstByte = Duration.ofNanos(System.nanoTime() - startedAt);
        }
    }

    /** Returns the time until the client received its first byte, or zero if it received none. */
    Duration firstByte() {
        return firstByte;
    }

    /** Returns the number of bytes from the client. */
    long bytesIn() {
        return in.sum();
    }

    /** Returns the number of bytes to the client, on both of its streams. */
    long bytesOut() {
        return out.sum();
    }

    /** Returns whether this is a push of the first branches of a repository. False for a push that is not observed. */
    public boolean isFirstPush() {
        PushObserver observer = pushObserver;
        return observer != null && observer.isFirstOfABranch();
    }

    public PushedRefs refs() {
        PushObserver observer = pushObserver;
        return observer == null || bytesIn() == 0 ? PushedRefs.NONE : observer.refs();
    }
}
