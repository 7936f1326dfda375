package io.gerve.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelInputTest {
    private long released;
    private final ChannelInput input = new ChannelInput(
            new ChannelInput.Window(1 << 16, 1 << 16), new WindowBudget(0), count -> released += count);

    @Test
    void bytesAreReadInOrderWhateverTheirChunks() throws Exception {
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

    /** A client can send only a small window ahead of a command that does not read. */
    @Test
    void windowDoublesAsTheCommandReads() throws Exception {
        ChannelInput growing = inputWith(new WindowBudget(1000));
        put(growing, 10);
        assertThat(released).isZero();
        read(growing, 9);
        assertThat(released).isEqualTo(9);
        read(growing, 1);
        assertThat(released).isEqualTo(10 + 10);
        put(growing, 20);
        read(growing, 20);
        assertThat(released).isEqualTo(30 + 10 + 15);
        put(growing, 35);
        read(growing, 35);
        assertThat(released).isEqualTo(65 + 25);
    }

    /** The attack: many clients let their commands read much, and then send more while the commands do not read. */
    @Test
    void growthOfAllWindowsIsBounded() throws Exception {
        var budget = new WindowBudget(10);
        ChannelInput first = inputWith(budget);
        ChannelInput second = inputWith(budget);
        for (ChannelInput each : List.of(first, second)) {
            put(each, 10);
            read(each, 10);
        }
        assertThat(released).isEqualTo(20 + 10);
        first.clientGone();
        first.clientGone();
        put(second, 10);
        read(second, 10);
        assertThat(released).isEqualTo(30 + 10 + 10);
        second.clientGone();
        assertThat(budget.tryReserve(10)).isEqualTo(10);
        assertThat(budget.tryReserve(1)).isZero();
    }

    private ChannelInput inputWith(WindowBudget budget) {
        return new ChannelInput(new ChannelInput.Window(10, 35), budget, count -> released += count);
    }

    private static void put(ChannelInput input, int bytes) {
        input.put(new byte[bytes], 0, bytes);
    }

    private static void read(ChannelInput input, int bytes) throws IOException {
        assertThat(input.readNBytes(bytes)).hasSize(bytes);
    }

    @Test
    void emptyPacketIsIgnored() throws Exception {
        input.put(new byte[0], 0, 0);
        input.put(new byte[] {7}, 0, 1);
        assertThat(input.read()).isEqualTo(7);
    }

    @Test
    void endOfFileFollowsTheData() throws Exception {
        input.put(new byte[] {7}, 0, 1);
        input.end();
        assertThat(input.read()).isEqualTo(7);
        assertThat(input.read()).isEqualTo(-1);
    }

    @Test
    void readFailsAtOnceWhenTheClientIsGone() {
        input.put(new byte[] {7}, 0, 1);
        input.clientGone();
        assertThatThrownBy(input::read).isInstanceOf(IOException.class).hasMessage("the client is gone");
    }

    @Test
    void interruptedReadFailsAndKeepsTheInterruptFlag() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(input::read).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
