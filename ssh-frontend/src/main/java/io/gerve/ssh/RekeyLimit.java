package io.gerve.ssh;

import java.time.Duration;

/**
 * When the keys of a connection are changed.
 *
 * @param bytes in one direction under one key
 * @param interval since the last change
 */
record RekeyLimit(long bytes, Duration interval) {
    /** As RFC 4253, section 9, recommends. */
    static final RekeyLimit RECOMMENDED = new RekeyLimit(1L << 30, Duration.ofHours(1));
}
