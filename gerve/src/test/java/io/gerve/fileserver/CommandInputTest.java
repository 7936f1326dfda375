package io.gerve.fileserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CommandInputTest {
    @Test
    void writeAfterSealFails() throws IOException {
        var channel = new ByteArrayOutputStream();
        try (var input = new CommandInput(channel, () -> false)) {
            input.write('a');

            assertThat(input.seal()).isTrue();

            assertThatThrownBy(() -> input.write('b')).isInstanceOf(IOException.class);
            assertThat(channel.toByteArray()).containsExactly('a');
        }
    }

    /**
     * The attack: a push whose input waits for the window while its command ends. JSch sends the write when the window
     * opens, possibly into the next user's command on the same session.
     */
    @Test
    void sealFailsDuringAWrite() throws Exception {
        var writing = new CountDownLatch(1);
        var windowOpens = new CountDownLatch(1);
        var channel = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                writing.countDown();
                try {
                    windowOpens.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
        try (var input = new CommandInput(channel, () -> false)) {
            var writer = Thread.ofVirtual().start(() -> {
                try {
                    input.write('a');
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            writing.await();

            assertThat(input.seal()).isFalse();

            windowOpens.countDown();
            writer.join();
        }
    }
}
