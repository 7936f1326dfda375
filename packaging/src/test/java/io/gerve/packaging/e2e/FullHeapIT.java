package io.gerve.packaging.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.GateProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.session.ConnectionService;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests with as many sessions as a gate serves with its heap (gerve/RATIONALE.md, "What a session may cost"), each of
 * which takes as much memory as a client can cause. A gate that runs out of memory exits.
 */
@ExtendWith(SharedGate.class)
class FullHeapIT {
    private static final String HEAP = "98m";

    /** Two sessions fewer than that heap can hold. */
    private static final int SESSIONS = 40;

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final byte[] ARCHIVE_OF_HEAD = "0011argument HEAD0000".getBytes(US_ASCII);

    private final RunningGate site;
    private String repository = "";

    FullHeapIT(RunningGate site) {
        this.site = site;
    }

    @BeforeEach
    void makeRepository() throws Exception {
        repository = site.newRepository("--public");
        site.shell()
                .run("git init -q -b main '%1$s' && cd '%1$s' && head -c 16M /dev/urandom > part && git add ."
                                .formatted(repository)
                        + " && git -c core.compression=0 commit -q -m big && git push -q as-mojombo:%s.git main"
                                .formatted(repository))
                .orThrow();
    }

    /**
     * The attack: clients grant a window of 1 GiB and stop reading, so that the file server's output waits in the gate.
     */
    @Test
    @Tag("soak")
    void clientsThatStopReadingDoNotFillTheHeap() throws Exception {
        try (var gate = site.site().startGate(HEAP);
                var crowd = new Crowd(gate)) {
            for (int i = 0; i < SESSIONS; i++) {
                crowd.join(1L << 30).stopReading();
            }
            assertOtherClientsAreServed(gate);
        }
    }

    /**
     * The attack: clients send data that the file server's command does not read, because the clients do not read its
     * output.
     */
    @Test
    void clientsThatSendUnreadDataDoNotFillTheHeap() throws Exception {
        try (var gate = site.site().startGate(HEAP);
                var crowd = new Crowd(gate)) {
            for (int i = 0; i < SESSIONS; i++) {
                crowd.join(1L << 16).send(new byte[8 << 20]);
            }
            assertOtherClientsAreServed(gate);
        }
    }

    /** Asserts several times that another client is served, while the heap fills. */
    private void assertOtherClientsAreServed(GateProcess gate) throws Exception {
        site.site()
                .ssh()
                .addHost(
                        "as-tom-at-" + gate.port(),
                        gate.port(),
                        site.site().folder().resolve("keys/tom"));
        String head = site.git("-C " + repository + " rev-parse main").output().strip();
        for (int i = 0; i < 5; i++) {
            CommandResult list =
                    site.git("ls-remote as-tom-at-%d:%s.git refs/heads/main".formatted(gate.port(), repository));
            assertThat(gate.program().log()).doesNotContain("OutOfMemoryError");
            assertThat(gate.program().isRunning()).isTrue();
            assertThat(list).isEqualTo(new CommandResult(list.command(), 0, head + "\trefs/heads/main\n"));
        }
    }

    /**
     * Clients, each of which has requested an archive of the repository. Each has its own account, since one account
     * gets a part of the sessions only.
     */
    private final class Crowd implements AutoCloseable {
        private final SshClient client = SshClient.setUpDefaultClient();
        private final GateProcess gate;
        private int members;

        Crowd(GateProcess gate) {
            this.gate = gate;
            client.setServerKeyVerifier((_, _, _) -> true);
            CoreModuleProperties.SOCKET_RCVBUF.set(client, 1 << 16);
            client.start();
        }

        /** Adds a client. Repeats the attempt if a busy machine exceeded one of the timeouts. */
        Member join(long window) throws Exception {
            members++;
            String account = "crowd-" + gate.port() + "-" + members;
            Path key = site.newKey(account);
            site.cli("account create " + account);
            site.addKey(account, key);
            return await().until(() -> requestArchive(key, window), member -> member.receivesData);
        }

        private Member requestArchive(Path key, long window) throws Exception {
            var session = client.connect("git", "127.0.0.1", gate.port())
                    .verify(LIMIT)
                    .getSession();
            session.setKeyIdentityProvider(new FileKeyPairProvider(key));
            session.auth().verify(LIMIT);
            CoreModuleProperties.WINDOW_SIZE.set(session, window);
            var member = new Member("git-upload-archive '" + repository + "'");
            session.getService(ConnectionService.class).registerChannel(member);
            member.open().verify(LIMIT);
            member.getInvertedIn().write(ARCHIVE_OF_HEAD);
            member.getInvertedIn().flush();
            await().atMost(LIMIT).until(() -> member.receivesData || member.isClosed());
            return member;
        }

        @Override
        public void close() {
            client.stop();
        }
    }

    /** Channel that discards the data it receives and does not enlarge its window. */
    private static final class Member extends ChannelExec {
        private volatile boolean receivesData;

        Member(String command) {
            super(command, null, null);
        }

        @Override
        protected void doWriteData(byte[] data, int offset, long length) {
            receivesData = true;
        }

        void stopReading() {
            getSession().getIoSession().suspendRead();
        }

        /** Sends as many of the bytes as the window allows. */
        void send(byte[] bytes) {
            Thread.ofVirtual().start(() -> {
                try {
                    getInvertedIn().write(bytes);
                } catch (IOException _) {
                    // The test has closed the client.
                }
            });
        }
    }
}
