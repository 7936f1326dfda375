package io.gerve.accesslog;

/**
 * A record in its gate's chain.
 *
 * @param position the position in the chain, counted from 1 without gaps
 * @param previousHash the hash of the record before it
 */
public record ChainedRecord(String gate, long position, String previousHash, String hash, AccessLogRecord record) {
    /** Returns whether the record still has the hash that it had when it was written. */
    boolean isUnchanged() {
        return hash.equals(HashChain.recordHash(gate, previousHash, record));
    }
}
