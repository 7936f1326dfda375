package io.gerve.keylookup.key;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Last 80 bits of the MD5 hash of a key's blob, by which Debian's openssh-blacklist names the keys of 2008. It serves
 * only to find keys on such lists. It is stored as numbers to save memory, since a list can have hundreds of thousands
 * of entries.
 *
 * @param high the first 64 bits
 * @param low the last 16 bits
 */
public record Md5Suffix(long high, short low) {
    private static final int HEX_DIGITS = 20;

    /**
     * Computes the suffix for a key.
     *
     * @param blob key in the encoding of RFC 4253, section 6.6
     */
    public static Md5Suffix ofBlob(byte[] blob) {
        try {
            ByteBuffer tail = ByteBuffer.wrap(MessageDigest.getInstance("MD5").digest(blob), 6, 10);
            return new Md5Suffix(tail.getLong(), tail.getShort());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }

    /**
     * Parses a suffix.
     *
     * @param hex lower-case hex digits: the last 20, or all 32 of the MD5 hash
     */
    public static Md5Suffix ofHex(String hex) {
        int start = hex.length() - HEX_DIGITS;
        return new Md5Suffix(HexFormat.fromHexDigitsToLong(hex, start, start + 16), (short)
                HexFormat.fromHexDigits(hex, start + 16, start + HEX_DIGITS));
    }
}
