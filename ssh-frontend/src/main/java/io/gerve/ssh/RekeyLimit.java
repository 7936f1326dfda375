package io.gerve.ssh;

import java.time.Duration;

/**
 * Limits after which the frontend starts a key re-exchange on a connection.
 *
 * @param bytes the bytes in one direction since the last key exchange
 * @param interval the time since the last key exchange
 */
record RekeyLimit(long bytes, Duration interval) {
    /** The limits that RFC 4253, section 9, recommends. */
    static final RekeyLimit RECOMMENDED = new RekeyLimit(1L << 30, Duration.ofHours(1));
}
