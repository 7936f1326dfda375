package io.gerve.accesslog;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The hashes that tie each record of a gate to the record before it. A hash is 64 hexadecimal digits. */
final class HashChain {
    /** The hash before the first record of a gate. */
    static final String BEGINNING = "0".repeat(64);

    private HashChain() {}

    /** Returns the hash of a record that follows one with the hash {@code previous}. */
    static String recordHash(String gate, String previous, AccessLogRecord record) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(HexFormat.of().parseHex(previous));
            digest.update(AccessLogRecordCodec.join(List.of(gate)));
            digest.update(AccessLogRecordCodec.bytes(record));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
