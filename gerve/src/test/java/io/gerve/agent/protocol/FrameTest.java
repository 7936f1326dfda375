package io.gerve.agent.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameTest {
    @Property
    void writtenFrameIsReadBack(@ForAll @Size(max = 20) List<String> fields) throws Exception {
        Assume.that(fields.stream().allMatch(FrameTest::isUnicode));
        assertThat(read(new Frame(fields).bytes())).isEqualTo(new Frame(fields));
    }

    /** Two readers of one message must not read different fields. */
    @Property
    void bytesAreTheCanonicalEncodingOrRejected(@ForAll byte[] body) throws Exception {
        Frame frame;
        try {
            frame = Frame.parse(ByteBuffer.wrap(body));
        } catch (MalformedMessage _) {
            return;
        }
        assertThat(frame.bytes().slice(Integer.BYTES, body.length)).isEqualTo(ByteBuffer.wrap(body));
    }

    /** Attack: a length that makes the reader allocate memory, or wait, for data that never comes. */
    @Test
    void invalidLengthIsRejectedBeforeAnythingElseIsRead() {
        for (int length : new int[] {Frame.BYTES_MAX + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> read(ByteBuffer.allocate(Integer.BYTES).putInt(0, length)))
                    .isInstanceOf(MalformedMessage.class);
        }
    }

    @Test
    void truncatedFrameIsRejected() {
        assertThatThrownBy(() -> read(ByteBuffer.wrap(new byte[] {0, 0, 0, 5, 0, 0})))
                .isInstanceOf(EOFException.class);
    }

    @Test
    void invalidUtf8IsRejected() {
        assertThatThrownBy(() -> Frame.parse(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, (byte) 0xff})))
                .isInstanceOf(MalformedMessage.class);
    }

    @Test
    void oversizedFrameIsNotSent() {
        assertThatThrownBy(() -> new Frame(List.of("x".repeat(Frame.BYTES_MAX))).bytes())
                .isInstanceOf(MalformedMessage.class);
        assertThatThrownBy(() -> new Frame(Collections.nCopies(Frame.FIELDS_MAX + 1, "")).bytes())
                .isInstanceOf(MalformedMessage.class);
    }

    private static Frame read(ByteBuffer bytes) throws Exception {
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return Frame.read(Channels.newChannel(new ByteArrayInputStream(array)));
    }

    private static boolean isUnicode(String text) {
        return text.codePoints()
                .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }
}
