package io.gerve.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.request.TransferMonitor;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientInputTest {
    /**
     * On a busy gate the first bytes of a command reach the client, and the client's answer arrives, before the thread
     * that started the command sets it as the target. The answer was dropped, and both sides waited for each other
     * forever.
     */
    @Test
    void answerToFirstBytesWaitsForTheTarget() throws Exception {
        var client = new Client("want this\n");
        var input = new ClientInput(client, new TransferMonitor(), () -> {});
        input.stopKeeping();
        input.start("stdin");
        // If the bytes were already forwarded by now, they were lost.
        boolean _ = client.readAgain.await(1, TimeUnit.SECONDS);

        var command = new ByteArrayOutputStream();
        input.forwardTo(command);

        await().untilAsserted(() -> assertThat(command.toString(UTF_8)).isEqualTo("want this\n"));
    }

    @Test
    void keptBytesAreForwardedFirst() throws Exception {
        var client = new Client("want this\n", "and that\n");
        var input = new ClientInput(client, new TransferMonitor(), () -> {});
        input.start("stdin");
        client.readAgain.await();
        input.stopKeeping();

        var command = new ByteArrayOutputStream();
        input.forwardTo(command);

        await().untilAsserted(() -> assertThat(command.toString(UTF_8)).isEqualTo("want this\nand that\n"));
    }

    /** Client that sends one message per read and then an end of file. */
    private static final class Client extends InputStream {
        private final CountDownLatch readAgain = new CountDownLatch(1);
        private final String[] messages;
        private int sent;

        Client(String... messages) {
            this.messages = messages;
        }

        @Override
        public int read() {
            throw new AssertionError("one byte at a time");
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (sent > 0) {
                readAgain.countDown();
            }
            if (sent == messages.length) {
                return -1;
            }
            byte[] bytes = messages[sent++].getBytes(UTF_8);
            System.arraycopy(bytes, 0, target, offset, bytes.length);
            return bytes.length;
        }
    }
}
