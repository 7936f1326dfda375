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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * As many sessions as a gate serves with its heap (gerve/RATIONALE.md, "What a session may cost"), each of which costs what a client can
 * make it cost. A gate that ran out of memory would end.
 */
@ExtendWith(SharedGate.class)
class FullHeapIT {
    private static final String HEAP = "88m";

    /** One less than that heap holds. */
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

    /** What the file server sends is under way to clients that granted a window of 1 GiB and then stopped reading. */
    @Test
    @EnabledIfSystemProperty(named = "gerve.soak", matches = "true", disabledReason = "takes a minute")
    void clientsThatStopReadingDoNotFillIt() throws Exception {
        try (var gate = site.site().startGate(HEAP);
                var crowd = new Crowd(gate, site.site().folder().resolve("keys/mojombo"))) {
            for (int i = 0; i < SESSIONS; i++) {
                crowd.join(1L << 30).stopReading();
            }
            othersAreServed(gate);
        }
    }

    /** What clients send lies in the gate while the file server's command does not read it, since nobody reads what it says. */
    @Test
    void clientsThatSendWhatNobodyReadsDoNotFillIt() throws Exception {
        try (var gate = site.site().startGate(HEAP);
                var crowd = new Crowd(gate, site.site().folder().resolve("keys/mojombo"))) {
            for (int i = 0; i < SESSIONS; i++) {
                crowd.join(1L << 16).send(new byte[8 << 20]);
            }
            othersAreServed(gate);
        }
    }

    /** Again and again, while the heap fills. */
    private void othersAreServed(GateProcess gate) throws Exception {
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

    /** Clients with one key, each of which asked for the archive of the repository. */
    private final class Crowd implements AutoCloseable {
        private final SshClient client = SshClient.setUpDefaultClient();
        private final GateProcess gate;

        Crowd(GateProcess gate, Path key) {
            this.gate = gate;
            client.setServerKeyVerifier((_, _, _) -> true);
            client.setKeyIdentityProvider(new FileKeyPairProvider(key));
            CoreModuleProperties.SOCKET_RCVBUF.set(client, 1 << 16);
            client.start();
        }

        /** Again, if a machine that is busy with other things was too slow for one of the timeouts. */
        Member join(long window) {
            return await().atMost(LIMIT).until(() -> ask(window), member -> member.hears);
        }

        private Member ask(long window) throws Exception {
            var session = client.connect("git", "127.0.0.1", gate.port())
                    .verify(LIMIT)
                    .getSession();
            session.auth().verify(LIMIT);
            CoreModuleProperties.WINDOW_SIZE.set(session, window);
            var member = new Member("git-upload-archive '" + repository + "'");
            session.getService(ConnectionService.class).registerChannel(member);
            member.open().verify(LIMIT);
            member.getInvertedIn().write(ARCHIVE_OF_HEAD);
            member.getInvertedIn().flush();
            await().atMost(LIMIT).until(() -> member.hears || member.isClosed());
            return member;
        }

        @Override
        public void close() {
            client.stop();
        }
    }

    /** Takes what comes without a word, and grants no further window for it. */
    private static final class Member extends ChannelExec {
        private volatile boolean hears;

        Member(String command) {
            super(command, null, null);
        }

        @Override
        protected void doWriteData(byte[] data, int offset, long length) {
            hears = true;
        }

        void stopReading() {
            getSession().getIoSession().suspendRead();
        }

        /** As much of it as is taken. */
        void send(byte[] bytes) {
            Thread.ofVirtual().start(() -> {
                try {
                    getInvertedIn().write(bytes);
                } catch (IOException _) {
                    // The test is over.
                }
            });
        }
    }
}
