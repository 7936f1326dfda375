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
import io.gerve.session.DelegatedCommand;
import io.gerve.session.DelegatedRequests;
import io.gerve.session.DelegatedResult;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Responder to gerve-shell's requests: it authorizes a command and replies with what gerve-shell must do. */
final class CommandResponder {
    private static final Logger LOG = LoggerFactory.getLogger(CommandResponder.class);
    private static final String FRONTEND = "openssh";

    private final DelegatedRequests requests;
    private final KnownHostsFiles knownHosts;
    private final SshInvocation.Login login;
    private final Duration silenceMax;

    /** @param silenceMax the longest time without a line to the supervisor of a running command */
    CommandResponder(
            DelegatedRequests requests,
            KnownHostsFiles knownHosts,
            AgentSettings agent,
            FileServerSettings fileServers,
            Duration silenceMax) {
        this.requests = requests;
        this.silenceMax = silenceMax;
        this.knownHosts = knownHosts;
        this.login = new SshInvocation.Login(
                agent.ssh().toString(),
                fileServers.user(),
                fileServers.identityFile().toAbsolutePath().toString(),
                wholeSeconds(fileServers.connectTimeout()),
                wholeSeconds(fileServers.keepaliveInterval()));
    }

    private static int wholeSeconds(Duration duration) {
        return Math.toIntExact(Math.max(1, duration.plusMillis(999).toSeconds()));
    }

    /**
     * Replies to a request.
     *
     * @return the command if it runs now; the caller closes it when it has ended
     */
    Optional<DelegatedCommand> reply(AgentRequest.AuthorizeCommand request, ReplyWriter replies) throws IOException {
        Optional<ClientRequest> parsed = parse(request);
        if (parsed.isEmpty()) {
            LOG.warn("Refused a malformed request: gerve-shell was not called as sshd's forced command");
            replies.write(new AgentReply.Refused());
            return Optional.empty();
        }
        switch (requests.authorize(parsed.get())) {
            case DelegatedResult.Message(String text, int exitStatus) ->
                replies.write(new AgentReply.Message(text, exitStatus));
            case DelegatedResult.Output(String text) -> replies.write(new AgentReply.Output(text));
            case DelegatedResult.Connect connect -> {
                return Optional.of(connect(connect, replies));
            }
        }
        return Optional.empty();
    }

    private DelegatedCommand connect(DelegatedResult.Connect connect, ReplyWriter replies) throws IOException {
        DelegatedCommand running = connect.running();
        boolean isSent = false;
        try {
            replies.write(new AgentReply.Connect(wholeSeconds(silenceMax), invocation(connect)));
            isSent = true;
            return running;
        } finally {
            if (!isSent) {
                running.close();
            }
        }
    }

    private static Optional<ClientRequest> parse(AgentRequest.AuthorizeCommand request) {
        return Fingerprint.parse(request.fingerprint())
                .flatMap(fingerprint -> address(request.address())
                        .map(address -> new ClientRequest(
                                FRONTEND,
                                address,
                                fingerprint,
                                Duration.ZERO,
                                request.execLine(),
                                // The front end also ignores a malformed value and continues.
                                GitProtocol.parse(request.protocol()).orElse(GitProtocol.UNSTATED))));
    }

    /**
     * Parses an IP address without a name look-up. The zone of a link-local address is dropped: it is meaningful only
     * on this machine.
     */
    private static Optional<InetAddress> address(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text.split("%", 2)[0]));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private SshInvocation invocation(DelegatedResult.Connect connect) throws IOException {
        FileServerHost host = connect.host();
        List<String> environment = connect.environment().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .sorted()
                .toList();
        return new SshInvocation(
                connect.stderrText(),
                new SshInvocation.Host(
                        host.address(),
                        host.port(),
                        host.name(),
                        knownHosts.knownHostsFile(host).toString()),
                login,
                connect.command(),
                environment);
    }
}
