package io.gerve.keylookup.key;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The last 80 bits of the MD5 of a key's blob, by which Debian's openssh-blacklist names the keys of 2008. It finds keys on such lists and
 * serves for nothing else. As numbers, for there are hundreds of thousands.
 *
 * @param high the first 64 of these bits
 */
public record Md5Suffix(long high, short low) {
    private static final int HEX_DIGITS = 20;

    /** @param blob the key in the encoding of RFC 4253, section 6.6 */
    public static Md5Suffix ofBlob(byte[] blob) {
        try {
            ByteBuffer tail = ByteBuffer.wrap(MessageDigest.getInstance("MD5").digest(blob), 6, 10);
            return new Md5Suffix(tail.getLong(), tail.getShort());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }

    /** @param hex lower-case digits, 20 or the whole 32 of the MD5 */
    public static Md5Suffix ofHex(String hex) {
        int start = hex.length() - HEX_DIGITS;
        return new Md5Suffix(HexFormat.fromHexDigitsToLong(hex, start, start + 16), (short)
                HexFormat.fromHexDigits(hex, start + 16, start + HEX_DIGITS));
    }
}
