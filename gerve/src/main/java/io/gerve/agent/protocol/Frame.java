package io.gerve.agent.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One message on the wire: its length in four bytes, then each field as its length in four bytes and its UTF-8. Each
 * message has exactly one encoding; anything else is rejected.
 *
 * @param fields the fields, at most {@value #FIELDS_MAX}
 */
public record Frame(List<String> fields) {
    static final int BYTES_MAX = 64 * 1024;
    static final int FIELDS_MAX = 64;

    public Frame {
        fields = List.copyOf(fields);
    }

    /** Reads a frame. Blocks until it is complete. */
    static Frame read(ReadableByteChannel channel) throws IOException {
        int length = readFully(channel, Integer.BYTES).getInt();
        if (length < 0 || length > BYTES_MAX) {
            throw new MalformedMessage("a message of " + length + " bytes");
        }
        return parse(readFully(channel, length));
    }

    private static ByteBuffer readFully(ReadableByteChannel channel, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("connection closed by the other side");
            }
        }
        return buffer.flip();
    }

    /**
     * Parses a frame.
     *
     * @param body the bytes after the frame's length
     */
    static Frame parse(ByteBuffer body) throws MalformedMessage {
        List<String> fields = new ArrayList<>();
        while (body.hasRemaining()) {
            int length = body.remaining() < Integer.BYTES ? -1 : body.getInt();
            if (length < 0 || length > body.remaining() || fields.size() == FIELDS_MAX) {
                throw new MalformedMessage("a field of " + length + " bytes with " + body.remaining() + " bytes left");
            }
            fields.add(text(body.slice(body.position(), length)));
            body.position(body.position() + length);
        }
        return new Frame(fields);
    }

    private static String text(ByteBuffer bytes) throws MalformedMessage {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedMessage("a field is not UTF-8");
        }
    }

    /**
     * Writes the frame.
     *
     * @throws MalformedMessage if the frame is larger than the other side accepts
     */
    void write(WritableByteChannel channel) throws IOException {
        ByteBuffer bytes = bytes();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    ByteBuffer bytes() throws MalformedMessage {
        List<byte[]> encoded = new ArrayList<>();
        int length = 0;
        for (String field : fields) {
            byte[] bytes = field.getBytes(StandardCharsets.UTF_8);
            encoded.add(bytes);
            length += Integer.BYTES + bytes.length;
            if (length > BYTES_MAX || encoded.size() > FIELDS_MAX) {
                throw new MalformedMessage("message too large");
            }
        }
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + length).putInt(length);
        for (byte[] bytes : encoded) {
            buffer.putInt(bytes.length).put(bytes);
        }
        return buffer.flip();
    }
}
