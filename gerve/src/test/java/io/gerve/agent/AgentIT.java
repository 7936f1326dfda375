package io.gerve.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gerve.access.AccessFacts;
import io.gerve.access.AccessGate;
import io.gerve.access.Grants;
import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.agent.protocol.ProtocolGreeting;
import io.gerve.config.FileServerSettings;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.lookup.CachedResult;
import io.gerve.program.RequestIdGenerator;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestMetrics;
import io.gerve.request.RequestRecorder;
import io.gerve.request.RequestTraces;
import io.gerve.request.SelfServiceAnswers;
import io.gerve.session.DelegatedRequests;
import io.gerve.session.DirectInvalidationBus;
import io.gerve.session.LiveSessions;
import io.gerve.session.ScriptedFileServers;
import io.gerve.session.SessionSlots;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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

/** The agent on its socket, with requests from the account that runs the test. */
class AgentIT {
    private static final String SELF = System.getProperty("user.name");
    private static final String NOBODY = "nobody";
    private static final KeyDirectory KEYS = _ -> CachedResult.fresh(Optional.of(AgentSamples.KEY));
    private static final AgentRequest KEY = new AgentRequest.FindKey(
            SELF, "ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl");
    private static final AgentRequest COMMAND = command("192.0.2.7", "git-upload-pack 'mojombo/bert'");

    private final MeterRegistry registry = new SimpleMeterRegistry();

    @TempDir
    private Path folder;

    @Test
    void bothKindsOfRequestAreAnswered() throws Exception {
        try (var _ = agent(SELF, SELF, KEYS)) {
            assertThat(send(KEY)).isInstanceOf(AgentReply.KeyLine.class);
            assertThat(send(COMMAND)).isInstanceOfSatisfying(AgentReply.Message.class, message -> {
                assertThat(message.text()).startsWith("ERROR: Repository not found. [");
                assertThat(message.exitStatus()).isEqualTo(128);
            });
            assertThat(send(command("fe80::1%lo", "")))
                    .isInstanceOfSatisfying(
                            AgentReply.Message.class,
                            message -> assertThat(message.text()).startsWith("Hi tom!"));
            assertThat(answered("find_key", "key_found")).isEqualTo(1);
            assertThat(answered("authorize_command", "message")).isEqualTo(2);
        }
    }

    /** Attack: another account of the machine looks up keys, or impersonates the owner of one. */
    @Test
    void accountWithoutPermissionGetsNoGreeting() throws Exception {
        try (var _ = agent(NOBODY, NOBODY, KEYS)) {
            assertThatThrownBy(() -> send(KEY)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> send(COMMAND)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void eachAccountMaySendItsOwnRequestOnly() throws Exception {
        try (var _ = agent(SELF, NOBODY, KEYS)) {
            assertThat(send(COMMAND)).isInstanceOf(AgentReply.Message.class);
            assertThat(send(KEY)).isEqualTo(new AgentReply.Refused());
        }
        try (var _ = agent(NOBODY, SELF, KEYS)) {
            assertThat(send(COMMAND)).isEqualTo(new AgentReply.Refused());
        }
    }

    @Test
    void unknownAccountStopsTheAgentNamingTheSetting() {
        assertThatThrownBy(() -> agent("no-such-account", SELF, KEYS))
                .isInstanceOf(IOException.class)
                .hasMessage("agent.user: this machine has no account no-such-account");
    }

    @Test
    void malformedCommandRequestIsRefused() throws Exception {
        try (var _ = agent(SELF, SELF, KEYS)) {
            assertThat(send(command("", ""))).isEqualTo(new AgentReply.Refused());
            assertThat(send(command("gate.example.net", ""))).isEqualTo(new AgentReply.Refused());
            assertThat(send(new AgentRequest.AuthorizeCommand("SHA256:x", "::1", "", "")))
                    .isEqualTo(new AgentReply.Refused());
        }
    }

    @Test
    void garbageEndsOnlyItsConnection() throws Exception {
        try (var _ = agent(SELF, SELF, KEYS)) {
            try (var channel = connect()) {
                ProtocolGreeting.read(channel);
                channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
                assertThatThrownBy(() -> AgentReply.read(channel)).isInstanceOf(IOException.class);
            }
            assertThat(send(KEY)).isInstanceOf(AgentReply.KeyLine.class);
        }
    }

    /** A database that hangs must not let requests accumulate without limit. */
    @Test
    void requestsBeyondTheLimitAreRefusedAtOnce() throws Exception {
        var go = new CountDownLatch(1);
        KeyDirectory slow = _ -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return CachedResult.fresh(Optional.of(AgentSamples.KEY));
        };
        List<SocketChannel> waiting = new ArrayList<>();
        try (var _ = agent(SELF, SELF, slow)) {
            for (int i = 0; i < 2; i++) {
                var channel = connect();
                waiting.add(channel);
                ProtocolGreeting.read(channel);
                KEY.write(channel);
            }
            assertThat(send(KEY)).isEqualTo(new AgentReply.Refused());
            go.countDown();
            for (SocketChannel channel : waiting) {
                assertThat(AgentReply.read(channel)).isInstanceOf(AgentReply.KeyLine.class);
                channel.close();
            }
            await().untilAsserted(() -> assertThat(send(KEY)).isInstanceOf(AgentReply.KeyLine.class));
        }
    }

    private long answered(String request, String reply) {
        return registry.get("gerve.agent.requests")
                .tags("request", request, "reply", reply)
                .timer()
                .count();
    }

    private AgentServer agent(String user, String keysUser, KeyDirectory keys) throws IOException {
        Grants nothing = (_, _) -> CachedResult.fresh(new AccessFacts.Unknown());
        var authorizer = new RequestAuthorizer(
                keys,
                new AccessGate(nothing, InstantSource.system()),
                _ -> Optional.empty(),
                _ -> Optional.empty(),
                Optional.empty());
        var requests = new DelegatedRequests(
                authorizer,
                _ -> true,
                new ScriptedFileServers(),
                new SessionSlots(1, 1),
                new LiveSessions(
                        new DirectInvalidationBus(), authorizer, Duration.ofMinutes(1), InstantSource.system()),
                SelfServiceAnswers.DISABLED,
                new RequestRecorder(
                        _ -> {},
                        _ -> {},
                        new RequestIdGenerator(InstantSource.system(), new SecureRandom()),
                        System::nanoTime,
                        Duration.ofMinutes(1),
                        new RequestMetrics(registry),
                        RequestTraces.NONE));
        var fileServers = new FileServerSettings(
                "git",
                folder.resolve("key"),
                0,
                1,
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                Duration.ofSeconds(20),
                Duration.ofMinutes(1),
                1);
        return new AgentServer(
                AgentSamples.settings(socket(), user, keysUser),
                fileServers,
                keys,
                requests,
                Duration.ofMinutes(1),
                new AgentMetrics(registry));
    }

    private Path socket() {
        return folder.resolve("socket");
    }

    private AgentReply send(AgentRequest request) throws IOException {
        try (var channel = connect()) {
            ProtocolGreeting.read(channel);
            request.write(channel);
            return AgentReply.read(channel);
        }
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
    }

    private static AgentRequest command(String address, String line) {
        return new AgentRequest.AuthorizeCommand(AgentSamples.FINGERPRINT.text(), address, line, "");
    }
}
