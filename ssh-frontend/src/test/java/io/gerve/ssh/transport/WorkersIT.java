package io.gerve.ssh.transport;

import static io.gerve.ssh.transport.RunningTransport.ECHO;
import static io.gerve.ssh.transport.RunningTransport.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many connections at once: who serves them, and what is left of them. */
@Timeout(180)
class WorkersIT {
    private static final Duration LIMIT = Duration.ofSeconds(RunningTransport.SECONDS);

    /** More than there are platform threads. */
    private static final int MANY = 300;

    private static List<Socket> connect(RunningTransport transport, int number) throws IOException {
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            clients.add(transport.connect());
        }
        return clients;
    }

    private static void assertThatAllEcho(List<Socket> clients, int value) throws IOException {
        for (Socket each : clients) {
            each.getOutputStream().write(value);
        }
        for (Socket each : clients) {
            assertThat(each.getInputStream().read()).isEqualTo(value);
        }
    }

    private static void closeAll(List<Socket> clients) throws IOException {
        for (Socket each : clients) {
            each.close();
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("gerve-ssh-worker"))
                .count();
    }

    @Test
    void manyConnectionsAreServedByFewThreads() throws Exception {
        try (var transport = new RunningTransport(ECHO)) {
            List<Socket> clients = connect(transport, MANY);
            for (int round = 0; round < 5; round++) {
                assertThatAllEcho(clients, round);
            }
            assertThat(threads()).isLessThanOrEqualTo(64);
            closeAll(clients);
            for (int i = 0; i < MANY; i++) {
                assertThat(next(transport.closed)).isNotNull();
            }
            assertThat(transport.failures).isEmpty();
        }
    }

    /** A database that hung froze other people's sessions for 20 seconds on MINA's threads. */
    @Test
    void handlersThatBlockHoldUpNobodyElse() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger blocked = new AtomicInteger();
        RunningTransport.OnMessage blocking = (session, bytes) -> {
            if (bytes[0] == 99) {
                blocked.incrementAndGet();
                session.leaveTurn();
                release.await();
            }
            ECHO.received(session, bytes);
        };
        try (var transport = new RunningTransport(blocking)) {
            List<Socket> known = connect(transport, 10);
            assertThatAllEcho(known, 1);
            List<Socket> stuck = connect(transport, MANY);
            for (Socket each : stuck) {
                each.getOutputStream().write(99);
            }
            await().atMost(LIMIT).until(() -> blocked.get() == MANY);
            List<Socket> late = connect(transport, 10);
            for (int round = 2; round < 10; round++) {
                assertThatAllEcho(known, round);
                assertThatAllEcho(late, round);
            }
            assertThat(release.getCount()).isOne();
            release.countDown();
            for (Socket each : stuck) {
                assertThat(each.getInputStream().read()).isEqualTo(99);
            }
            closeAll(stuck);
            closeAll(known);
            closeAll(late);
        }
    }

    /** A channel that is closed keeps its descriptor until every selector has dropped it. */
    @Test
    void closedConnectionsGiveTheirDescriptorsBack() throws Exception {
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = system.getOpenFileDescriptorCount();
        int descriptorsOfAllWorkers = 64 * 3;
        try (var transport = new RunningTransport(ECHO)) {
            for (int round = 0; round < 3; round++) {
                List<Socket> clients = connect(transport, MANY);
                assertThatAllEcho(clients, 1);
                assertThatAllEcho(clients, 2);
                if (round == 1) {
                    transport.acceptor.getManagedSessions().values().forEach(session -> session.close(true));
                }
                closeAll(clients);
                await().atMost(LIMIT)
                        .until(() -> transport.acceptor.getManagedSessions().isEmpty());
            }
            await().atMost(LIMIT).until(() -> system.getOpenFileDescriptorCount() <= before + descriptorsOfAllWorkers);
        }
    }

    @Test
    void threadsEndWithTheTransport() throws Exception {
        try (var transport = new RunningTransport(ECHO)) {
            List<Socket> clients = connect(transport, 10);
            assertThatAllEcho(clients, 1);
            assertThat(threads()).isPositive();
            closeAll(clients);
        }
        await().atMost(LIMIT).until(() -> threads() == 0);
    }
}
