package io.gerve.keylookup.key;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reader of the fields of a key blob (RFC 4251, section 5) with bounds checks. */
final class BlobReader {
    private final ByteBuffer rest;

    BlobReader(byte[] blob) {
        this.rest = ByteBuffer.wrap(blob);
    }

    /**
     * Reads a string.
     *
     * @param bytesMax maximum length of the field. A longer field is refused before it is copied.
     */
    byte[] string(int bytesMax) throws InvalidKey {
        if (rest.remaining() < Integer.BYTES) {
            throw damaged();
        }
        int length = rest.getInt();
        if (length < 0 || length > rest.remaining() || length > bytesMax) {
            throw damaged();
        }
        byte[] bytes = new byte[length];
        rest.get(bytes);
        return bytes;
    }

    /** Reads the name of a type or curve. Bytes outside ASCII are replaced and match no name. */
    String name() throws InvalidKey {
        return new String(string(64), StandardCharsets.US_ASCII);
    }

    /**
     * Reads a positive integer, which must have its shortest encoding.
     *
     * @return the bytes in big-endian order, without the leading zero byte that the encoding may need
     */
    byte[] positive(int bytesMax) throws InvalidKey {
        byte[] bytes = string(bytesMax);
        if (bytes.length == 0 || bytes[0] < 0) {
            throw damaged();
        }
        if (bytes[0] > 0) {
            return bytes;
        }
        if (bytes.length == 1 || bytes[1] >= 0) {
            throw damaged();
        }
        byte[] magnitude = new byte[bytes.length - 1];
        System.arraycopy(bytes, 1, magnitude, 0, magnitude.length);
        return magnitude;
    }

    /** Requires that the whole blob was read. */
    void end() throws InvalidKey {
        if (rest.hasRemaining()) {
            throw damaged();
        }
    }

    static InvalidKey damaged() {
        return new InvalidKey(
                "The key is damaged: its parts do not fit together. Copy the whole line again from the file that ends"
                        + " in .pub.");
    }
}
