package io.gerve.audit.log;

import io.gerve.session.SessionRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** How each record of a gate is tied to the one before it. Hashes are 64 hexadecimal digits. */
final class Chain {
    /** Before the first record of a gate. */
    static final String BEGINNING = "0".repeat(64);

    private Chain() {}

    /** The hash of a record that comes after one with the hash {@code previous}. */
    static String hash(String gate, String previous, SessionRecord record) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(HexFormat.of().parseHex(previous));
            digest.update(RecordText.join(List.of(gate)));
            digest.update(RecordText.bytes(record));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
