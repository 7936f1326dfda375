package io.gerve.agent;

import io.gerve.agent.protocol.JoinOrder;
import io.gerve.agent.protocol.Question;
import io.gerve.agent.protocol.Reply;
import io.gerve.chimney.FileServerHost;
import io.gerve.config.AgentSettings;
import io.gerve.config.BridgeSettings;
import io.gerve.git.GitProtocol;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.session.Decided;
import io.gerve.session.Request;
import io.gerve.session.RequestDecider;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells gerve-shell what to do with a command. */
final class Commands {
    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
    private static final String DOOR = "agent";

    private final RequestDecider decider;
    private final PinnedHosts pinned;
    private final JoinOrder.Login login;

    Commands(RequestDecider decider, PinnedHosts pinned, AgentSettings agent, BridgeSettings bridge) {
        this.decider = decider;
        this.pinned = pinned;
        this.login = new JoinOrder.Login(
                agent.ssh().toString(),
                bridge.user(),
                bridge.identity().toAbsolutePath().toString(),
                inSeconds(bridge.connectTimeout()),
                inSeconds(bridge.heartbeat()));
    }

    private static int inSeconds(Duration duration) {
        return Math.toIntExact(Math.max(1, duration.plusMillis(999).toSeconds()));
    }

    Reply answer(Question.OfCommand question) throws IOException {
        Optional<Request> request = request(question);
        if (request.isEmpty()) {
            LOG.warn("gerve-shell was called by something else than sshd's forced command");
            return new Reply.Refused();
        }
        return switch (decider.decide(request.get())) {
            case Decided.Told(String text, int exitStatus) -> new Reply.Told(text, exitStatus);
            case Decided.Answered(String text) -> new Reply.Answered(text);
            case Decided.Join join -> new Reply.Join(order(join));
        };
    }

    private static Optional<Request> request(Question.OfCommand question) {
        return Fingerprint.parse(question.fingerprint())
                .flatMap(fingerprint -> address(question.address())
                        .map(address -> new Request(
                                DOOR,
                                address,
                                fingerprint,
                                Duration.ZERO,
                                question.line(),
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

    private JoinOrder order(Decided.Join join) throws IOException {
        FileServerHost host = join.host();
        List<String> environment = join.environment().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .sorted()
                .toList();
        return new JoinOrder(
                join.note(),
                new JoinOrder.Host(
                        host.address(),
                        host.port(),
                        host.name(),
                        pinned.fileFor(host).toString()),
                login,
                join.command(),
                environment);
    }
}
