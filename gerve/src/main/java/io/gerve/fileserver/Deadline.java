package io.gerve.fileserver;

import java.time.Duration;

/** A moment of the machine's steady clock by which something must have happened. */
record Deadline(long nanoTime) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** Nothing or less when it has passed. */
    long nanosLeft() {
        return nanoTime - System.nanoTime();
    }

    Duration left() {
        return Duration.ofNanos(Math.max(0, nanosLeft()));
    }
}
