package io.gerve.audit.log;

import io.gerve.session.SessionRecord;

/**
 * A record in its gate's chain.
 *
 * @param position in the chain, counted from 1 without gaps
 * @param previous the hash of the record before it
 */
public record LoggedRecord(String gate, long position, String previous, String hash, SessionRecord record) {
    /** Whether it says what it said when it was written. */
    boolean isUnchanged() {
        return hash.equals(Chain.hash(gate, previous, record));
    }
}
