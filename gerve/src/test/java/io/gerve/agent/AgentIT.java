package io.gerve.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gerve.access.AccessGate;
import io.gerve.access.Findings;
import io.gerve.access.Grants;
import io.gerve.agent.protocol.Greeting;
import io.gerve.agent.protocol.Question;
import io.gerve.agent.protocol.Reply;
import io.gerve.config.BridgeSettings;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.lookup.Answer;
import io.gerve.program.RequestIds;
import io.gerve.session.Admission;
import io.gerve.session.Bookkeeping;
import io.gerve.session.OwnAnswers;
import io.gerve.session.RequestDecider;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent on its socket, asked by this very user. */
class AgentIT {
    private static final String SELF = System.getProperty("user.name");
    private static final String NOBODY = "nobody";
    private static final KeyDirectory KEYS = _ -> Answer.current(Optional.of(Samples.KEY));
    private static final Question KEY = new Question.OfKey(
            SELF, "ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl");
    private static final Question COMMAND = command("192.0.2.7", "git-upload-pack 'mojombo/bert'");

    @TempDir
    private Path folder;

    @Test
    void bothQuestionsAreAnswered() throws Exception {
        try (var _ = agent(SELF, SELF, KEYS)) {
            assertThat(ask(KEY)).isInstanceOf(Reply.KeyLine.class);
            assertThat(ask(COMMAND)).isInstanceOfSatisfying(Reply.Told.class, told -> {
                assertThat(told.text()).startsWith("ERROR: Repository not found. [");
                assertThat(told.exitStatus()).isEqualTo(128);
            });
            assertThat(ask(command("fe80::1%lo", "")))
                    .isInstanceOfSatisfying(
                            Reply.Told.class, told -> assertThat(told.text()).startsWith("Hi tom!"));
        }
    }

    /** Attack: any account of the machine asks whose keys there are, or gives itself out for the owner of one. */
    @Test
    void whoRunsNeitherProgramIsNotEvenGreeted() throws Exception {
        try (var _ = agent(NOBODY, NOBODY, KEYS)) {
            assertThatThrownBy(() -> ask(KEY)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> ask(COMMAND)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void eachAsksItsOwnQuestionOnly() throws Exception {
        try (var _ = agent(SELF, NOBODY, KEYS)) {
            assertThat(ask(COMMAND)).isInstanceOf(Reply.Told.class);
            assertThat(ask(KEY)).isEqualTo(new Reply.Refused());
        }
        try (var _ = agent(NOBODY, SELF, KEYS)) {
            assertThat(ask(COMMAND)).isEqualTo(new Reply.Refused());
        }
    }

    @Test
    void anAccountThatThereIsNotStopsTheAgentByItsSettingsName() {
        assertThatThrownBy(() -> agent("no-such-account", SELF, KEYS))
                .isInstanceOf(IOException.class)
                .hasMessage("agent.user: this machine has no account no-such-account");
    }

    @Test
    void whatDoesNotComeFromSshdIsRefused() throws Exception {
        try (var _ = agent(SELF, SELF, KEYS)) {
            assertThat(ask(command("", ""))).isEqualTo(new Reply.Refused());
            assertThat(ask(command("gate.example.net", ""))).isEqualTo(new Reply.Refused());
            assertThat(ask(new Question.OfCommand("SHA256:x", "::1", "", ""))).isEqualTo(new Reply.Refused());
        }
    }

    @Test
    void garbageEndsTheConnectionAndNothingElse() throws Exception {
        try (var _ = agent(SELF, SELF, KEYS)) {
            try (var channel = connect()) {
                Greeting.read(channel);
                channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
                assertThatThrownBy(() -> Reply.read(channel)).isInstanceOf(IOException.class);
            }
            assertThat(ask(KEY)).isInstanceOf(Reply.KeyLine.class);
        }
    }

    /** A database that hangs must not pile up questions without end. */
    @Test
    void moreQuestionsThanAllowedAreRefusedAtOnce() throws Exception {
        var go = new CountDownLatch(1);
        KeyDirectory slow = _ -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Answer.current(Optional.of(Samples.KEY));
        };
        List<SocketChannel> waiting = new ArrayList<>();
        try (var _ = agent(SELF, SELF, slow)) {
            for (int i = 0; i < 2; i++) {
                var channel = connect();
                waiting.add(channel);
                Greeting.read(channel);
                KEY.write(channel);
            }
            assertThat(ask(KEY)).isEqualTo(new Reply.Refused());
            go.countDown();
            for (SocketChannel channel : waiting) {
                assertThat(Reply.read(channel)).isInstanceOf(Reply.KeyLine.class);
                channel.close();
            }
            await().untilAsserted(() -> assertThat(ask(KEY)).isInstanceOf(Reply.KeyLine.class));
        }
    }

    private Agent agent(String user, String keysUser, KeyDirectory keys) throws IOException {
        Grants nothing = (_, _) -> Answer.current(new Findings.Unknown());
        var decider = new RequestDecider(
                new Admission(keys, new AccessGate(nothing, InstantSource.system()), _ -> Optional.empty()),
                _ -> true,
                OwnAnswers.OFF,
                new Bookkeeping(
                        _ -> {},
                        _ -> {},
                        new RequestIds(InstantSource.system(), new SecureRandom()),
                        System::nanoTime));
        var bridge = new BridgeSettings(
                "git",
                folder.resolve("key"),
                0,
                1,
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                Duration.ofSeconds(20),
                Duration.ofMinutes(1),
                1);
        return new Agent(Samples.settings(socket(), user, keysUser), bridge, keys, decider);
    }

    private Path socket() {
        return folder.resolve("socket");
    }

    private Reply ask(Question question) throws IOException {
        try (var channel = connect()) {
            Greeting.read(channel);
            question.write(channel);
            return Reply.read(channel);
        }
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
    }

    private static Question command(String address, String line) {
        return new Question.OfCommand(Samples.FINGERPRINT.text(), address, line, "");
    }
}
