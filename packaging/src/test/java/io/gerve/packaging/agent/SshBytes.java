package io.gerve.packaging.agent;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writer of the data types of RFC 4251, section 5. */
final class SshBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    SshBytes raw(int value) {
        bytes.write(value);
        return this;
    }

    SshBytes raw(byte[] value) {
        bytes.writeBytes(value);
        return this;
    }

    SshBytes uint32(int value) {
        return raw(ByteBuffer.allocate(4).putInt(value).array());
    }

    SshBytes string(byte[] value) {
        return uint32(value.length).raw(value);
    }

    SshBytes string(String value) {
        return string(value.getBytes(StandardCharsets.US_ASCII));
    }

    SshBytes mpint(BigInteger value) {
        return string(value.toByteArray());
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    /** Reads a string at the buffer's position. */
    static byte[] readString(ByteBuffer from) {
        var value = new byte[from.getInt()];
        from.get(value);
        return value;
    }
}
