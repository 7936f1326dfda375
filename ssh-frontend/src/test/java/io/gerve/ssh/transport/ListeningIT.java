package io.gerve.ssh.transport;

import static io.gerve.ssh.transport.RunningTransport.ECHO;
import static io.gerve.ssh.transport.RunningTransport.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import org.apache.sshd.common.io.IoAcceptor;
import org.apache.sshd.common.io.IoServiceEventListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where connections come from, which of them are admitted, and who is told of them. */
@Timeout(180)
class ListeningIT {
    private static void assertThatItEchoes(Socket socket) throws IOException {
        socket.getOutputStream().write(7);
        assertThat(socket.getInputStream().read()).isEqualTo(7);
    }

    private static ServerSocketChannel boundSocket() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static RunningTransport adopting(ServerSocketChannel socket, boolean isClosedAfterUse) throws IOException {
        return new RunningTransport(
                AdmissionPolicy.ADMIT_ALL, new ListeningSocket.Adopted(socket, isClosedAfterUse), ECHO, null);
    }

    @Test
    void refusedConnectionIsClosedAndCountedNowhere() throws Exception {
        try (var transport = new RunningTransport((_, _) -> false, new ListeningSocket.Bound(), ECHO, null);
                var client = transport.connect()) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(transport.acceptor.getManagedSessions()).isEmpty();
            assertThat(transport.created).isEmpty();
        }
    }

    @Test
    void policyIsAskedWithTheAddressAndTheNumberOfOpenConnections() throws Exception {
        BlockingQueue<InetAddress> asked = new LinkedBlockingQueue<>();
        AdmissionPolicy atMostTwo = (address, open) -> asked.add(address) && open < 2;
        try (var transport = new RunningTransport(atMostTwo, new ListeningSocket.Bound(), ECHO, null);
                var first = transport.connect()) {
            assertThatItEchoes(first);
            try (var second = transport.connect();
                    var third = transport.connect()) {
                assertThatItEchoes(second);
                assertThat(third.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(next(transport.closed)).isNotNull();
            await().atMost(Duration.ofSeconds(RunningTransport.SECONDS))
                    .until(() -> transport.acceptor.getManagedSessions().size() == 1);
            try (var fourth = transport.connect()) {
                assertThatItEchoes(fourth);
            }
            assertThat(asked).hasSize(4).containsOnly(InetAddress.getLoopbackAddress());
        }
    }

    @Test
    void policyMayCloseAConnectionThatNobodyHasReadYet() throws Exception {
        var closing = new AdmissionPolicy() {
            @Override
            public boolean admits(InetAddress address, int open) {
                return true;
            }

            @Override
            public void admitted(SelectorSession session) {
                session.close(true);
            }
        };
        try (var transport = new RunningTransport(closing, new ListeningSocket.Bound(), ECHO, null);
                var client = transport.connect()) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            await().atMost(Duration.ofSeconds(RunningTransport.SECONDS))
                    .until(() -> transport.acceptor.getManagedSessions().isEmpty());
            assertThat(transport.created).isEmpty();
        }
    }

    /**
     * A failure of any kind closes the connection and must not end the accepting: an error, such as a lack of memory
     * while many connect, did.
     */
    @Test
    void failureClosesTheConnectionAndAcceptingGoesOn() throws Exception {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>(
                List.of(new IllegalStateException("a bug"), new OutOfMemoryError("a test")));
        AdmissionPolicy failing = (_, _) -> switch (failures.poll()) {
            case RuntimeException bug -> throw bug;
            case Error error -> throw error;
            case null, default -> true;
        };
        try (var transport = new RunningTransport(failing, new ListeningSocket.Bound(), ECHO, null)) {
            for (int i = 0; i < 2; i++) {
                try (var client = transport.connect()) {
                    assertThat(client.getInputStream().read()).isEqualTo(-1);
                }
            }
            try (var client = transport.connect()) {
                assertThatItEchoes(client);
            }
        }
    }

    /** The system refuses threads when a process, or a container, has too many of them. */
    @Test
    void connectionsAreServedWhenNoThreadCanBeStarted() throws Exception {
        ThreadFactory failing = task -> new Thread(task) {
            @Override
            public void start() {
                throw new OutOfMemoryError("unable to create native thread");
            }
        };
        try (var transport = new RunningTransport(new Workers(failing), ECHO);
                var first = transport.connect();
                var second = transport.connect()) {
            assertThatItEchoes(first);
            assertThatItEchoes(second);
            assertThatItEchoes(first);
        }
    }

    @Test
    void unboundSocketIsClosedAndConnectionsGoOn() throws Exception {
        try (var transport = new RunningTransport(ECHO);
                var client = transport.connect()) {
            assertThatItEchoes(client);
            transport.acceptor.unbind();
            assertThat(transport.acceptor.getBoundAddresses()).isEmpty();
            assertThatThrownBy(transport::connect).isInstanceOf(ConnectException.class);
            assertThatItEchoes(client);
        }
    }

    @Test
    void portCanBeBoundAgainAtOnce() throws Exception {
        SocketAddress address;
        try (var transport = new RunningTransport(ECHO);
                var client = transport.connect()) {
            assertThatItEchoes(client);
            address = transport.acceptor.getBoundAddresses().iterator().next();
        }
        try (var transport = new RunningTransport(ECHO)) {
            transport.acceptor.bind(address);
            assertThat(transport.acceptor.getBoundAddresses()).contains(address);
        }
    }

    @Test
    void connectionsOfAnAdoptedSocketAreServed() throws Exception {
        try (var socket = boundSocket();
                var transport = adopting(socket, true);
                var client = transport.connect()) {
            assertThatItEchoes(client);
            transport.acceptor.unbind();
            assertThat(socket.isOpen()).isFalse();
        }
    }

    /** Closing descriptor 0 takes the log of the process that drains away from it. */
    @Test
    void adoptedSocketCanStayOpen() throws Exception {
        try (var socket = boundSocket()) {
            adopting(socket, false).close();
            assertThat(socket.isOpen()).isTrue();
        }
    }

    /** A restart lost those who had connected and were not accepted yet. */
    @Test
    void whoConnectsAfterAcceptingStoppedIsServedByTheSuccessor() throws Exception {
        try (var socket = boundSocket();
                var predecessor = adopting(socket, false);
                var served = predecessor.connect()) {
            assertThatItEchoes(served);
            predecessor.acceptor.stopAccepting();
            try (var waiting = predecessor.connect();
                    var _ = adopting(socket, false)) {
                assertThatItEchoes(waiting);
                assertThatItEchoes(served);
            }
        }
    }

    @Test
    void unboundSocketIsNotAdopted() throws Exception {
        try (var socket = ServerSocketChannel.open()) {
            assertThatThrownBy(() -> new ListeningSocket.Adopted(socket, true))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void socketsSendAtOnceAndFindDeadHosts() throws Exception {
        try (var transport = new RunningTransport(ECHO);
                var _ = transport.connect()) {
            var channel = transport.session().channel();
            assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
            assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
        }
    }

    private static final class Recorder implements IoServiceEventListener {
        private final BlockingQueue<SocketAddress> accepted = new LinkedBlockingQueue<>();
        private final BlockingQueue<Throwable> aborted = new LinkedBlockingQueue<>();
        private volatile boolean isRefusing;

        @Override
        public void connectionAccepted(
                IoAcceptor acceptor, SocketAddress local, SocketAddress remote, SocketAddress service)
                throws IOException {
            accepted.add(remote);
            if (isRefusing) {
                throw new IOException("refused by the listener");
            }
        }

        @Override
        public void abortAcceptedConnection(
                IoAcceptor acceptor, SocketAddress local, SocketAddress remote, SocketAddress service, Throwable why) {
            aborted.add(why);
        }
    }

    @Test
    void listenerIsToldOfConnectionsAndCanRefuseThem() throws Exception {
        var listener = new Recorder();
        try (var transport =
                        new RunningTransport(AdmissionPolicy.ADMIT_ALL, new ListeningSocket.Bound(), ECHO, listener);
                var client = transport.connect()) {
            assertThatItEchoes(client);
            assertThat(next(listener.accepted)).isEqualTo(client.getLocalSocketAddress());
            listener.isRefusing = true;
            try (var refused = transport.connect()) {
                assertThat(refused.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(next(listener.aborted)).hasMessage("refused by the listener");
            assertThat(transport.created).hasSize(1);
        }
    }
}
