package io.gerve.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The attack: to write a value or a message to Redis that exhausts the heap of every gate. */
class BoundedRepliesTest {
    private static final String MESSAGE = "*3\r\n$7\r\nmessage\r\n$3\r\nabc\r\n$6\r\nsite *\r\n";

    @Test
    void anyNumberOfSmallRepliesIsRead() throws Exception {
        String keys = "*2\r\n$1\r\n0\r\n*1000\r\n" + "$21\r\ngerve:route:mojombo12\r\n".repeat(1000);
        String all = (keys + MESSAGE + "+PONG\r\n:42\r\n$-1\r\n*-1\r\n$0\r\n\r\n%1\r\n+a\r\n:1\r\n").repeat(200);
        assertThat(all.length()).isGreaterThan(2 * BoundedReplies.BYTES_MAX);
        assertThat(read(all)).isEqualTo(all);
    }

    /** Digits and line ends in a string are no lengths. */
    @Test
    void contentOfAStringIsNotParsed() throws Exception {
        String reply = "$26\r\n\r\n$999999999\r\n*999999999\r\n\r\n".repeat(3);
        assertThat(read(reply)).isEqualTo(reply);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$1048577\r\n",
                "$9999999999\r\n",
                "*3\r\n$7\r\nmessage\r\n$3\r\nabc\r\n$500000000\r\n",
                "*65536\r\n",
                "%40000\r\n",
                "=2000000\r\n",
                "*2\r\n$600000\r\n%s\r\n$600000\r\n"
            })
    void announcedSizeOverTheLimitIsRefused(String reply) {
        String sent = reply.contains("%s") ? reply.formatted("x".repeat(600_000)) : reply;
        assertThatThrownBy(() -> read(sent)).isInstanceOf(IOException.class).hasMessageContaining("larger");
    }

    /** The client takes D00000000 for a length of two gigabytes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$D00000000\r\n",
                "*D00000000\r\n",
                "$1\n",
                "$1\rx",
                "$\r\n",
                "$-\r\n",
                "$-0\r\n",
                "$-2\r\n",
                "$1-\r\n",
                "$ 1\r\n",
                "$+1\r\n",
                "*?\r\n",
                "%x\r\n",
                "$99999999999",
                "+a\n",
                "+a\r\r\n",
                ":1\n"
            })
    void malformedLengthOrLineEndIsRefused(String reply) {
        assertThatThrownBy(() -> read(reply)).isInstanceOf(IOException.class).hasMessageContaining("malformed");
    }

    /** A push is no answer, so that a server could send pushes without end instead of one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ">1\r\n+a\r\n",
                "|1\r\n+a\r\n+b\r\n",
                "!1\r\na\r\n",
                "(1\r\n",
                ",1\r\n",
                "#t\r\n",
                "\r\n",
                "HTTP/1.1 200 OK\r\n"
            })
    void replyOfAnotherTypeIsRefused(String reply) {
        assertThatThrownBy(() -> read(reply)).isInstanceOf(IOException.class).hasMessageContaining("unknown type");
    }

    @Test
    void emptyStringsAreElementsOfTheirReply() throws Exception {
        String empty = "$0\r\n\r\n";
        String replies = ("*3\r\n" + empty.repeat(3)).repeat(BoundedReplies.ELEMENTS_MAX);
        assertThat(read(replies)).isEqualTo(replies);
        String large = "$600000\r\n" + "x".repeat(600_000) + "\r\n";
        assertThatThrownBy(() -> read("*30002\r\n" + empty.repeat(30_000) + large.repeat(2)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("larger");
        assertThatThrownBy(() -> read(("*2\r\n" + empty).repeat(BoundedReplies.AGGREGATES_MAX + 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("larger");
    }

    @Test
    void endlessLineIsRefused() {
        assertThatThrownBy(() -> read("+" + "x".repeat(BoundedReplies.LINE_CHARACTERS_MAX + 1)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void deeplyNestedReplyIsRefused() {
        assertThatThrownBy(() -> read("*1\r\n".repeat(BoundedReplies.AGGREGATES_MAX + 1)))
                .isInstanceOf(IOException.class);
    }

    private static String read(String replies) throws IOException {
        try (InputStream in =
                new BoundedReplies(new ByteArrayInputStream(replies.getBytes(StandardCharsets.ISO_8859_1)))) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
