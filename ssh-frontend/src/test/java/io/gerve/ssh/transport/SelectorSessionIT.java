package io.gerve.ssh.transport;

import static io.gerve.ssh.transport.RunningTransport.ECHO;
import static io.gerve.ssh.transport.RunningTransport.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How one connection is read, written and closed. */
@Timeout(180)
class SelectorSessionIT {
    private static final Duration LIMIT = Duration.ofSeconds(RunningTransport.SECONDS);
    private static final RunningTransport.OnMessage IGNORE = (_, _) -> {};

    /** More than the sockets' buffers hold. */
    private static final int MUCH = 12 << 20;

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static List<IoWriteFuture> writeInPieces(SelectorSession session, byte[] bytes) {
        int piece = 100_000;
        List<IoWriteFuture> writes = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += piece) {
            byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + piece));
            writes.add(session.writeBuffer(new ByteArrayBuffer(part)));
        }
        return writes;
    }

    @Test
    void bytesArriveWholeAndInOrder() throws Exception {
        byte[] sent = random(3 << 20);
        try (var transport = new RunningTransport(ECHO);
                var client = transport.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.getOutputStream().write(sent);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(client.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            assertThat(sender.join(LIMIT)).isTrue();
        }
    }

    /** A read buffer for each of thousands of silent clients filled the memory. */
    @Test
    void readsAreSmallUntilTheClientHasAuthenticated() throws Exception {
        BlockingQueue<Integer> sizes = new LinkedBlockingQueue<>();
        try (var transport = new RunningTransport((_, bytes) -> sizes.add(bytes.length));
                var client = transport.connect()) {
            client.getOutputStream().write(new byte[100_000]);
            for (int read = 0, size; read < 100_000; read += size) {
                size = next(sizes);
                assertThat(size).isLessThanOrEqualTo(4096);
            }
            transport.session().authenticated();
            for (int largest = 0, size; largest <= 4096; largest = Math.max(largest, size)) {
                client.getOutputStream().write(new byte[100_000]);
                size = next(sizes);
                assertThat(size).isLessThanOrEqualTo(32 * 1024);
            }
        }
    }

    @Test
    void clientThatClosesEndsTheSession() throws Exception {
        try (var transport = new RunningTransport(ECHO)) {
            transport.connect().close();
            SelectorSession session = transport.session();
            assertThat(next(transport.closed)).isSameAs(session);
            await().atMost(LIMIT).until(session::isClosed);
            assertThat(transport.acceptor.getManagedSessions()).isEmpty();
            assertThat(transport.closed).isEmpty();
        }
    }

    @Test
    void failureOfTheHandlerIsReportedAndEndsTheSession() throws Exception {
        RunningTransport.OnMessage failing = (_, _) -> {
            throw new IllegalStateException("a bug");
        };
        try (var transport = new RunningTransport(failing);
                var client = transport.connect()) {
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(next(transport.failures)).hasMessage("a bug");
            assertThat(next(transport.closed)).isNotNull();
        }
    }

    // --- writing

    /** A client that read one of the two alone would act before it has the other. */
    @Test
    void heldWritesLeaveInOnePiece() throws Exception {
        try (var transport = new RunningTransport(IGNORE);
                var client = transport.connect()) {
            SelectorSession session = transport.session();
            session.hold();
            IoWriteFuture first = session.writeBuffer(new ByteArrayBuffer(new byte[] {1, 2}));
            IoWriteFuture second = session.writeBuffer(new ByteArrayBuffer(new byte[] {3}));
            assertThat(first.isDone()).isFalse();
            assertThat(client.getInputStream().available()).isZero();
            session.release();
            assertThat(second.isWritten()).isTrue();
            byte[] received = new byte[10];
            assertThat(client.getInputStream().read(received)).isEqualTo(3);
            session.writeBuffer(new ByteArrayBuffer(new byte[] {4})).verify(LIMIT);
            assertThat(client.getInputStream().read()).isEqualTo(4);
        }
    }

    /** MINA holds its locks while it writes: a write that waits for a client would have a disconnect wait too. */
    @Test
    void writingDoesNotWaitForTheClient() throws Exception {
        byte[] much = random(MUCH);
        try (var transport = new RunningTransport(IGNORE);
                var client = transport.connect()) {
            List<IoWriteFuture> writes = writeInPieces(transport.session(), much);
            assertThat(writes.getFirst().isDone()).isTrue();
            assertThat(writes.getLast().isDone()).isFalse();
            assertThat(client.getInputStream().readNBytes(MUCH)).isEqualTo(much);
            for (IoWriteFuture each : writes) {
                assertThat(each.verify(LIMIT).isWritten()).isTrue();
            }
        }
    }

    /** An interrupted thread's write closes a blocking channel: the last words of a command that is cut were lost. */
    @Test
    void interruptedThreadStillWrites() throws Exception {
        try (var transport = new RunningTransport(ECHO);
                var client = transport.connect()) {
            SelectorSession session = transport.session();
            Thread writer = Thread.ofVirtual().start(() -> {
                Thread.currentThread().interrupt();
                var _ = session.writeBuffer(new ByteArrayBuffer(new byte[] {42}));
            });
            assertThat(client.getInputStream().read()).isEqualTo(42);
            assertThat(writer.join(LIMIT)).isTrue();
            client.getOutputStream().write(43);
            assertThat(client.getInputStream().read()).isEqualTo(43);
        }
    }

    /** A handler whose thread was interrupted must not harm the connection that the thread serves next. */
    @Test
    void interruptionEndsWithTheMessage() throws Exception {
        RunningTransport.OnMessage interrupting = (session, bytes) -> {
            ECHO.received(session, bytes);
            Thread.currentThread().interrupt();
        };
        try (var transport = new RunningTransport(interrupting)) {
            for (int i = 0; i < 20; i++) {
                try (var client = transport.connect()) {
                    for (int value = 0; value < 3; value++) {
                        client.getOutputStream().write(value);
                        assertThat(client.getInputStream().read()).isEqualTo(value);
                    }
                }
            }
            assertThat(transport.failures).isEmpty();
        }
    }

    /** Whoever asks and never reads would fill the memory. */
    @Test
    void clientThatReadsNothingOfVeryMuchIsCut() throws Exception {
        try (var transport = new RunningTransport(IGNORE);
                var _ = transport.connect()) {
            SelectorSession session = transport.session();
            List<IoWriteFuture> writes = writeInPieces(session, new byte[2 * WriteQueue.BYTES_MAX]);
            assertThat(writes.getLast().getException()).isNotNull();
            assertThat(next(transport.failures)).hasMessageContaining("does not read");
            assertThat(next(transport.closed)).isSameAs(session);
        }
    }

    @Test
    void writingToAClosedSessionFails() throws Exception {
        try (var transport = new RunningTransport(IGNORE);
                var _ = transport.connect()) {
            SelectorSession session = transport.session();
            session.close(true);
            assertThat(session.writeBuffer(new ByteArrayBuffer(new byte[1])).getException())
                    .isInstanceOf(ClosedChannelException.class);
        }
    }

    // --- closing

    @Test
    void gracefulCloseSendsWhatIsQueuedFirst() throws Exception {
        byte[] much = random(MUCH);
        try (var transport = new RunningTransport(IGNORE);
                var client = transport.connect()) {
            SelectorSession session = transport.session();
            List<IoWriteFuture> writes = writeInPieces(session, much);
            session.close(false);
            assertThat(session.isClosed()).isFalse();
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(much);
            assertThat(writes.getLast().verify(LIMIT).isWritten()).isTrue();
            assertThat(next(transport.closed)).isSameAs(session);
        }
    }

    @Test
    void immediateCloseFailsWhatIsQueued() throws Exception {
        try (var transport = new RunningTransport(IGNORE);
                var client = transport.connect()) {
            SelectorSession session = transport.session();
            List<IoWriteFuture> writes = writeInPieces(session, new byte[MUCH]);
            session.close(true);
            assertThat(session.isClosed()).isTrue();
            assertThat(writes.getLast().getException()).isInstanceOf(ClosedChannelException.class);
            assertThat(client.getInputStream().readAllBytes()).hasSizeLessThan(MUCH);
        }
    }

    @Test
    void endOfOutputFollowsWhatIsQueued() throws Exception {
        byte[] much = random(MUCH);
        BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
        try (var transport = new RunningTransport((_, bytes) -> received.add((int) bytes[0]));
                var client = transport.connect()) {
            SelectorSession session = transport.session();
            List<IoWriteFuture> writes = writeInPieces(session, much);
            session.shutdownOutputStream();
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(much);
            assertThat(writes.getLast().verify(LIMIT).isWritten()).isTrue();
            client.getOutputStream().write(5);
            assertThat(next(received)).isEqualTo(5);
        }
    }

    @Test
    void closingTheAcceptorEndsAllConnections() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (var transport = new RunningTransport(ECHO)) {
            for (int i = 0; i < 100; i++) {
                clients.add(transport.connect());
            }
            for (int i = 0; i < 100; i++) {
                var _ = transport.session();
            }
            assertThat(transport.acceptor.close(true).await(LIMIT)).isTrue();
            for (Socket each : clients) {
                assertThat(each.getInputStream().read()).isEqualTo(-1);
                each.close();
            }
            assertThat(transport.closed).hasSize(100);
        }
    }

    // --- suspending

    @Test
    void suspendedSessionIsReadOnlyAfterItIsResumed() throws Exception {
        BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
        RunningTransport.OnMessage suspending = (session, bytes) -> {
            if (bytes[0] == 0) {
                ECHO.received(session, bytes);
            } else {
                session.suspendRead();
                received.add((int) bytes[0]);
            }
        };
        try (var transport = new RunningTransport(suspending);
                var client = transport.connect()) {
            SelectorSession session = transport.session();
            client.getOutputStream().write(1);
            assertThat(next(received)).isEqualTo(1);
            for (int value = 2; value < 20; value++) {
                client.getOutputStream().write(value);
                try (var other = transport.connect()) {
                    other.getOutputStream().write(0);
                    assertThat(other.getInputStream().read()).isZero();
                }
                assertThat(received).isEmpty();
                session.resumeRead();
                assertThat(next(received)).isEqualTo(value);
            }
        }
    }

    @Test
    void sessionThatIsResumedByItsOwnHandlerIsReadOn() throws Exception {
        RunningTransport.OnMessage both = (session, bytes) -> {
            session.suspendRead();
            ECHO.received(session, bytes);
            session.resumeRead();
        };
        try (var transport = new RunningTransport(both);
                var client = transport.connect()) {
            for (int value = 0; value < 100; value++) {
                client.getOutputStream().write(value);
                assertThat(client.getInputStream().read()).isEqualTo(value);
            }
        }
    }
}
