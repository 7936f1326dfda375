package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelInputTest {
    private long released;
    private final ChannelInput input = new ChannelInput(0, count -> released += count);

    @Test
    void whatGoesInComesOutInOrderHoweverItIsCut() throws Exception {
        Random random = new Random(5);
        long sent = 0;
        long read = 0;
        byte[] buffer = new byte[9000];
        for (int round = 0; round < 5000; round++) {
            byte[] data = new byte[1 + random.nextInt(6000)];
            for (int i = 0; i < data.length; i++) {
                data[i] = (byte) (sent + i);
            }
            input.put(data, 0, data.length);
            sent += data.length;
            while (sent - read > 20_000 || (sent > read && random.nextBoolean())) {
                int count = input.read(buffer, 0, 1 + random.nextInt(buffer.length));
                for (int i = 0; i < count; i++) {
                    assertThat(buffer[i]).isEqualTo((byte) (read + i));
                }
                read += count;
            }
        }
        assertThat(released).isEqualTo(read);
    }

    /** What a command does not read is not kept for it either: the client may send little until then. */
    @Test
    void theRestOfTheWindowIsGrantedOnceByTheFirstRead() throws Exception {
        ChannelInput thrifty = new ChannelInput(1000, count -> released += count);
        thrifty.put(new byte[3], 0, 3);
        assertThat(released).isZero();
        assertThat(thrifty.read()).isZero();
        assertThat(released).isEqualTo(1001);
        assertThat(thrifty.read()).isZero();
        assertThat(released).isEqualTo(1002);
    }

    @Test
    void aPacketWithoutBytesIsNothing() throws Exception {
        input.put(new byte[0], 0, 0);
        input.put(new byte[] {7}, 0, 1);
        assertThat(input.read()).isEqualTo(7);
    }

    @Test
    void theEndComesAfterWhatWasSent() throws Exception {
        input.put(new byte[] {7}, 0, 1);
        input.end();
        assertThat(input.read()).isEqualTo(7);
        assertThat(input.read()).isEqualTo(-1);
    }

    @Test
    void whenTheClientIsGoneReadingFailsAtOnce() {
        input.put(new byte[] {7}, 0, 1);
        input.gone();
        assertThatThrownBy(input::read).isInstanceOf(IOException.class).hasMessage("the client is gone");
    }

    @Test
    void anInterruptedReaderStopsWaitingAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(input::read).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
