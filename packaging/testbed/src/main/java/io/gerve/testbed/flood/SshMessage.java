package io.gerve.testbed.flood;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of an SSH message or of a part of one (RFC 4251, section 5). */
final class SshMessage {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    static SshMessage of(int number) {
        return new SshMessage().raw((byte) number);
    }

    SshMessage raw(byte... more) {
        bytes.writeBytes(more);
        return this;
    }

    SshMessage number(int number) {
        return raw(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }

    SshMessage string(byte[] text) {
        return number(text.length).raw(text);
    }

    SshMessage string(String text) {
        return string(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Appends a positive number of any size. */
    SshMessage integer(byte[] magnitude) {
        return string(new BigInteger(1, magnitude).toByteArray());
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    /** Returns the message as an unencrypted packet. */
    byte[] asPacket() {
        byte[] block = padded(toBytes(), 4);
        return new SshMessage().string(block).toBytes();
    }

    /**
     * Returns the length of the padding, the payload and the padding.
     *
     * @param ahead the bytes of the length field that count towards a block of 16
     */
    static byte[] padded(byte[] payload, int ahead) {
        int padding = 16 - (ahead + 1 + payload.length) % 16;
        padding += padding < 4 ? 16 : 0;
        byte[] block = new byte[1 + payload.length + padding];
        block[0] = (byte) padding;
        System.arraycopy(payload, 0, block, 1, payload.length);
        return block;
    }

    /** Returns the payload of what {@link #padded} returns. */
    static byte[] unpadded(byte[] block) {
        return Arrays.copyOfRange(block, 1, block.length - block[0]);
    }

    /** Reads a string that begins at the position of the buffer. */
    static byte[] string(ByteBuffer from) {
        byte[] text = new byte[from.getInt()];
        from.get(text);
        return text;
    }
}
