package io.gerve.keylookup.key;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads the fields of a key blob in turn (RFC 4251, section 5), and nothing beyond its end. */
final class BlobReader {
    private final ByteBuffer rest;

    BlobReader(byte[] blob) {
        this.rest = ByteBuffer.wrap(blob);
    }

    /** @param bytesMax a longer field is refused before it is copied */
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

    /** Names of types and curves; what is not ASCII becomes something that is no name. */
    String name() throws InvalidKey {
        return new String(string(64), StandardCharsets.US_ASCII);
    }

    /**
     * A positive integer in its one shortest encoding.
     *
     * @return its bytes, highest first, without the leading zero that the encoding may ask for
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

    void end() throws InvalidKey {
        if (rest.hasRemaining()) {
            throw damaged();
        }
    }

    static InvalidKey damaged() {
        return new InvalidKey(
                "The key is damaged: its parts do not fit together. Copy the whole line again from the file that ends in .pub.");
    }
}
