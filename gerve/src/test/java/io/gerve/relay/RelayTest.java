package io.gerve.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.access.Decision;
import io.gerve.access.Repository;
import io.gerve.access.Rule;
import io.gerve.fileserver.RemoteExit;
import io.gerve.git.GitCommand;
import io.gerve.git.GitService;
import io.gerve.git.RepositoryName;
import io.gerve.program.RequestId;
import io.gerve.request.AuthorizationResult;
import io.gerve.request.ClientMessage;
import io.gerve.request.EndedBy;
import io.gerve.request.ExitResult;
import io.gerve.request.RequestContext;
import io.gerve.request.RequestEnd;
import io.gerve.request.TransferMonitor;
import io.gerve.session.RequestSamples;
import io.gerve.session.ScriptedFileServers;
import io.gerve.session.TestClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RelayTest {
    private static final RepositoryName BERT =
            RepositoryName.parse("mojombo/bert").orElseThrow();

    @Test
    void bytesAndExitStatusPassUnchanged() {
        try (var client = TestClient.sending("have this\n")) {
            var servers = new ScriptedFileServers().next((in, out, err) -> {
                out.write(in.readAllBytes());
                err.write("remote: hello\n".getBytes(UTF_8));
                return new RemoteExit.Exited(3);
            });

            RequestEnd ended = relay(servers, GitService.UPLOAD_PACK, client).run(Map.of());

            assertThat(ended).isEqualTo(RequestEnd.exit(3, EndedBy.COMMAND));
            assertThat(client.stdoutText()).isEqualTo("have this\n");
            assertThat(client.stderrText()).isEqualTo("remote: hello\n");
            assertThat(servers.commands()).containsExactly("fs3a: git-upload-pack 'a/a8/e2/95/mojombo/bert.git'");
        }
    }

    @Test
    void exitSignalIsPassedOn() {
        try (var client = TestClient.sending("")) {
            var servers = new ScriptedFileServers().next((_, _, _) -> new RemoteExit.Signalled("KILL"));

            assertThat(relay(servers, GitService.UPLOAD_PACK, client)
                            .run(Map.of())
                            .exit())
                    .isEqualTo(new ExitResult.Signal("KILL"));
        }
    }

    @Test
    void fetchUsesTheNextHostWhenTheFirstIsUnavailable() {
        try (var client = TestClient.sending("")) {
            var servers = new ScriptedFileServers().nextIsUnavailable().next((_, out, _) -> {
                out.write('x');
                return new RemoteExit.Exited(0);
            });

            assertThat(relay(servers, GitService.UPLOAD_PACK, client).run(Map.of()))
                    .isEqualTo(RequestEnd.exit(0, EndedBy.COMMAND));
            assertThat(client.stdoutText()).isEqualTo("x");
            assertThat(client.stderrText()).isEmpty();
            assertThat(servers.hosts()).containsExactly("fs3a", "fs3b");
        }
    }

    @Test
    void pushNeverUsesAStandBy() {
        try (var client = TestClient.sending("")) {
            var servers = new ScriptedFileServers().nextIsUnavailable();

            assertThat(relay(servers, GitService.RECEIVE_PACK, client).run(Map.of()))
                    .isEqualTo(RequestEnd.exit(75, EndedBy.FILE_SERVER));
            assertThat(client.stderrText())
                    .isEqualTo("ERROR: The server that stores mojombo/bert is not answering. Nothing was changed."
                            + " Please try again. [0123456789abcdef]\n");
            assertThat(servers.hosts()).containsExactly("fs3a");
        }
    }

    @Test
    void retryReceivesTheBytesSentBefore() {
        try (var client = TestClient.sending("argument HEAD\n")) {
            var servers = new ScriptedFileServers()
                    .next((in, _, _) -> {
                        in.readAllBytes();
                        return new RemoteExit.Lost("connection reset");
                    })
                    .next((in, out, _) -> {
                        out.write(in.readAllBytes());
                        return new RemoteExit.Exited(0);
                    });

            assertThat(relay(servers, GitService.UPLOAD_ARCHIVE, client).run(Map.of()))
                    .isEqualTo(RequestEnd.exit(0, EndedBy.COMMAND));
            assertThat(client.stdoutText()).isEqualTo("argument HEAD\n");
            assertThat(servers.hosts()).containsExactly("fs3a", "fs3a");
        }
    }

    @Test
    void pushIsNotRetriedAfterItsFirstByte() {
        try (var client = TestClient.sending("a pack")) {
            var servers = new ScriptedFileServers().next((in, _, _) -> {
                in.readAllBytes();
                return new RemoteExit.Lost("connection reset");
            });

            assertThat(relay(servers, GitService.RECEIVE_PACK, client).run(Map.of()))
                    .isEqualTo(RequestEnd.exit(75, EndedBy.FILE_SERVER));
            assertThat(client.stderrText()).contains("Part of your push may have been kept");
        }
    }

    @Test
    void fileServerLostDuringOutputFailsTheRequest() {
        try (var client = TestClient.sending("")) {
            var servers = new ScriptedFileServers().next((_, out, _) -> {
                out.write("half".getBytes(UTF_8));
                return new RemoteExit.Lost("connection reset");
            });

            assertThat(relay(servers, GitService.UPLOAD_PACK, client).run(Map.of()))
                    .isEqualTo(RequestEnd.exit(75, EndedBy.FILE_SERVER));
            assertThat(client.stderrText())
                    .startsWith("ERROR: The connection to the server that stores mojombo/bert was lost.");
        }
    }

    @Test
    void failedWriteToClientEndsTheCommand() {
        try (var client = TestClient.goneAfter(4)) {
            var servers = new ScriptedFileServers().next((_, out, _) -> {
                try {
                    for (; ; ) {
                        out.write("data".getBytes(UTF_8));
                    }
                } catch (IOException e) {
                    return new RemoteExit.Lost("the stream given for its output failed");
                }
            });

            assertThat(relay(servers, GitService.UPLOAD_PACK, client)
                            .run(Map.of())
                            .by())
                    .isEqualTo(EndedBy.CLIENT);
            assertThat(servers.hosts()).hasSize(1);
        }
    }

    @Test
    void clientDisconnectEndsTheCommand() {
        try (var client = TestClient.silent()) {
            var servers = new ScriptedFileServers().next((in, _, _) -> {
                client.disconnect();
                return ScriptedFileServers.untilClosed(in);
            });

            assertThat(relay(servers, GitService.RECEIVE_PACK, client)
                            .run(Map.of())
                            .by())
                    .isEqualTo(EndedBy.CLIENT);
        }
    }

    @Test
    void commandEndedByTheGateSendsTheReason() throws Exception {
        try (var client = TestClient.silent()) {
            var servers = new ScriptedFileServers().next((in, out, _) -> {
                out.write('x');
                return ScriptedFileServers.untilClosed(in);
            });
            Relay relay = relay(servers, GitService.UPLOAD_PACK, client);
            var running = CompletableFuture.supplyAsync(() -> relay.run(Map.of()));
            await().until(() -> client.stdoutText().equals("x"));

            relay.end(ClientMessage.STOPPING);

            assertThat(running.get()).isEqualTo(RequestEnd.exit(75, EndedBy.GATE));
            assertThat(client.stderrText())
                    .isEqualTo("ERROR: Gerve is restarting. Please try again. [0123456789abcdef]\n");
        }
    }

    @Test
    void commandEndedBeforeItsStartEndsSoon() {
        try (var client = TestClient.silent()) {
            var servers = new ScriptedFileServers().next((in, _, _) -> ScriptedFileServers.untilClosed(in));
            Relay relay = relay(servers, GitService.UPLOAD_PACK, client);

            relay.end(ClientMessage.STOPPING);

            assertThat(relay.run(Map.of())).isEqualTo(RequestEnd.exit(75, EndedBy.GATE));
        }
    }

    @Test
    void movedRepositoryIsServedFromItsPresentPathWithANote() {
        try (var client = TestClient.sending("")) {
            var servers = new ScriptedFileServers().next((_, _, _) -> new RemoteExit.Exited(0));
            var formerName = RepositoryName.parse("mojombo/old").orElseThrow();

            relay(servers, new GitCommand(GitService.UPLOAD_PACK, formerName), client)
                    .run(Map.of());

            assertThat(client.stderrText())
                    .isEqualTo(
                            "NOTE: mojombo/old moved to mojombo/bert. Please use the new address. [0123456789abcdef]\n");
            assertThat(servers.commands()).containsExactly("fs3a: git-upload-pack 'a/a8/e2/95/mojombo/bert.git'");
        }
    }

    private static Relay relay(ScriptedFileServers servers, GitService service, TestClient client) {
        return relay(servers, new GitCommand(service, BERT), client);
    }

    private static Relay relay(ScriptedFileServers servers, GitCommand command, TestClient client) {
        var repository = RequestSamples.repository(Repository.Visibility.PRIVATE);
        var authorized = new AuthorizationResult.Authorized(
                RequestSamples.KEY,
                command,
                new Decision.Allowed(Rule.OWNER, repository, command.repository()),
                RequestSamples.route("fs3", List.of("fs3a", "fs3b")));
        var context =
                new RequestContext(new RequestId("0123456789abcdef"), RequestSamples.request(""), System::nanoTime);
        return new Relay(servers, authorized, client, context, new TransferMonitor());
    }
}
