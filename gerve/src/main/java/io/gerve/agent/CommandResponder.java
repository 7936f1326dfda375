package io.gerve.agent;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.agent.protocol.SshInvocation;
import io.gerve.config.AgentSettings;
import io.gerve.config.FileServerSettings;
import io.gerve.git.GitProtocol;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.request.ClientRequest;
import io.gerve.routing.FileServerHost;
import io.gerve.session.DelegatedRequests;
import io.gerve.session.DelegatedResult;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells gerve-shell what to do with a command. */
final class CommandResponder {
    private static final Logger LOG = LoggerFactory.getLogger(CommandResponder.class);
    private static final String FRONTEND = "openssh";

    private final DelegatedRequests requests;
    private final KnownHostsFiles knownHosts;
    private final SshInvocation.Login login;

    CommandResponder(
            DelegatedRequests decider, KnownHostsFiles pinned, AgentSettings agent, FileServerSettings bridge) {
        this.requests = decider;
        this.knownHosts = pinned;
        this.login = new SshInvocation.Login(
                agent.ssh().toString(),
                bridge.user(),
                bridge.identityFile().toAbsolutePath().toString(),
                wholeSeconds(bridge.connectTimeout()),
                wholeSeconds(bridge.keepaliveInterval()));
    }

    private static int wholeSeconds(Duration duration) {
        return Math.toIntExact(Math.max(1, duration.plusMillis(999).toSeconds()));
    }

    AgentReply answer(AgentRequest.AuthorizeCommand question) throws IOException {
        Optional<ClientRequest> request = request(question);
        if (request.isEmpty()) {
            LOG.warn("gerve-shell was called by something else than sshd's forced command");
            return new AgentReply.Refused();
        }
        return switch (requests.authorize(request.get())) {
            case DelegatedResult.Message(String text, int exitStatus) -> new AgentReply.Message(text, exitStatus);
            case DelegatedResult.Output(String text) -> new AgentReply.Output(text);
            case DelegatedResult.Connect join -> new AgentReply.Connect(invocation(join));
        };
    }

    private static Optional<ClientRequest> request(AgentRequest.AuthorizeCommand question) {
        return Fingerprint.parse(question.fingerprint())
                .flatMap(fingerprint -> address(question.address())
                        .map(address -> new ClientRequest(
                                FRONTEND,
                                address,
                                fingerprint,
                                Duration.ZERO,
                                question.execLine(),
                                // As the front end, which does not take a wrong one and goes on.
                                GitProtocol.parse(question.protocol()).orElse(GitProtocol.UNSTATED))));
    }

    /** @param text without a name look-up; the zone of a link-local address is the gate's own affair */
    private static Optional<InetAddress> address(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text.split("%", 2)[0]));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private SshInvocation invocation(DelegatedResult.Connect join) throws IOException {
        FileServerHost host = join.host();
        List<String> environment = join.environment().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .sorted()
                .toList();
        return new SshInvocation(
                join.stderrText(),
                new SshInvocation.Host(
                        host.address(),
                        host.port(),
                        host.name(),
                        knownHosts.knownHostsFile(host).toString()),
                login,
                join.command(),
                environment);
    }
}
