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
     * On a busy gate a command's first bytes reach the client, and the client's answer to them comes back, before the thread that started the
     * command goes on to join the two. The answer was dropped, and both waited for each other for ever.
     */
    @Test
    void whatTheClientAnswersToTheFirstBytesWaitsForTheCommandToBeJoined() throws Exception {
        var client = new Client("want this\n");
        var input = new ClientInput(client, new TransferMonitor(), () -> {});
        input.stopKeeping();
        input.start("stdin");
        // If it was passed on by then, it went nowhere.
        boolean _ = client.askedForMore.await(1, TimeUnit.SECONDS);

        var command = new ByteArrayOutputStream();
        input.forwardTo(command);

        await().untilAsserted(() -> assertThat(command.toString(UTF_8)).isEqualTo("want this\n"));
    }

    @Test
    void whatTheClientSaidBeforeIsGivenToTheCommandFirst() throws Exception {
        var client = new Client("want this\n", "and that\n");
        var input = new ClientInput(client, new TransferMonitor(), () -> {});
        input.start("stdin");
        client.askedForMore.await();
        input.stopKeeping();

        var command = new ByteArrayOutputStream();
        input.forwardTo(command);

        await().untilAsserted(() -> assertThat(command.toString(UTF_8)).isEqualTo("want this\nand that\n"));
    }

    /** Says one thing at each read, and then nothing more. */
    private static final class Client extends InputStream {
        private final CountDownLatch askedForMore = new CountDownLatch(1);
        private final String[] words;
        private int said;

        Client(String... words) {
            this.words = words;
        }

        @Override
        public int read() {
            throw new AssertionError("one byte at a time");
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (said > 0) {
                askedForMore.countDown();
            }
            if (said == words.length) {
                return -1;
            }
            byte[] bytes = words[said++].getBytes(UTF_8);
            System.arraycopy(bytes, 0, target, offset, bytes.length);
            return bytes.length;
        }
    }
}
