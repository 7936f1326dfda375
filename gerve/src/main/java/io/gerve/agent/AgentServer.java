package io.gerve.agent;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.agent.protocol.ProtocolGreeting;
import io.gerve.config.AgentSettings;
import io.gerve.config.FileServerSettings;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.session.DelegatedCommand;
import io.gerve.session.DelegatedRequests;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server on the agent's socket. It answers one request on each connection, each on its own thread. Requests beyond the
 * limit are refused at once. The connection of a command that runs stays open until the command has ended.
 */
public final class AgentServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentServer.class);
    private static final Path DEFAULT_SOCKET = Path.of("/run/gerve-agent/socket");
    /** The time that a client has to send its request, and to read the greeting. */
    private static final Duration CLIENT_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);
    /** Lines to a supervisor within the longest silence, so that a delay of one ends no command. */
    private static final int LINES_IN_SILENCE_MAX = 3;

    private final PeerPermissions permissions;
    private final AuthorizedKeysResponder keys;
    private final CommandResponder commands;
    private final AgentSocket socket;
    private final Duration lineInterval;
    private final AgentMetrics metrics;
    private final int requestsMax;
    private final Semaphore free;

    /**
     * Starts listening.
     *
     * @param silenceMax the time after which a running command is ended if the agent is dead or hangs; at least 1 s
     * @throws IOException if the socket cannot be opened, or the settings name an account that does not exist; the
     *     message states the remedy
     */
    public AgentServer(
            AgentSettings settings,
            FileServerSettings fileServers,
            KeyDirectory keys,
            DelegatedRequests requests,
            Duration silenceMax,
            AgentMetrics metrics)
            throws IOException {
        this.metrics = metrics;
        this.permissions = PeerPermissions.of(settings);
        this.keys = new AuthorizedKeysResponder(keys, settings, DEFAULT_SOCKET);
        this.requestsMax = settings.requestsMax();
        this.free = new Semaphore(requestsMax);
        this.socket = AgentSocket.open(settings.folder(), settings.socket());
        this.lineInterval = silenceMax.dividedBy(LINES_IN_SILENCE_MAX);
        this.commands = new CommandResponder(
                requests, new KnownHostsFiles(settings.folder()), settings, fileServers, silenceMax);
        Thread.ofVirtual().name("agent-accept").start(this::accept);
    }

    private void accept() {
        while (true) {
            try {
                SocketChannel channel = socket.accept();
                boolean isAdmitted = free.tryAcquire();
                Thread.ofVirtual().name("agent-request").start(() -> serve(channel, isAdmitted));
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.error("Cannot accept a connection", e);
                pauseAfterFailure();
            }
        }
    }

    /**
     * Pauses before the next attempt, so that a lasting failure such as too many open files does not cause a busy loop.
     */
    private static void pauseAfterFailure() {
        try {
            Thread.sleep(Duration.ofMillis(100));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel, boolean isAdmitted) {
        try (channel) {
            Optional<DelegatedCommand> running = replyAndRelease(channel, isAdmitted);
            if (running.isPresent()) {
                try (DelegatedCommand command = running.get()) {
                    new SupervisorConnection(channel, lineInterval).serve(command);
                }
            }
        } catch (IOException e) {
            LOG.debug("thin client closed the connection", e);
        } catch (RuntimeException bug) {
            LOG.error("Bug while answering a request", bug);
        }
    }

    /** Answers the request. A command that runs then no longer counts as a request. */
    private Optional<DelegatedCommand> replyAndRelease(SocketChannel channel, boolean isAdmitted) throws IOException {
        try {
            return reply(channel, PeerPermissions.of(channel), isAdmitted);
        } finally {
            if (isAdmitted) {
                free.release();
            }
        }
    }

    private Optional<DelegatedCommand> reply(SocketChannel channel, UserPrincipal peer, boolean isAdmitted)
            throws IOException {
        if (!permissions.permitsAny(peer)) {
            LOG.atWarn()
                    .addKeyValue("account", peer.getName())
                    .log("Refused a connection from an account without permission");
            return Optional.empty();
        }
        try (var _ = new ChannelTimeout(channel, CLIENT_TIMEOUT)) {
            ProtocolGreeting.write(channel);
        }
        AgentRequest request;
        try (var _ = new ChannelTimeout(channel, CLIENT_TIMEOUT)) {
            request = AgentRequest.read(channel);
        }
        var replies = new ReplyWriter(request, channel, metrics);
        if (!isAdmitted || !permissions.permits(request, peer)) {
            LOG.atWarn()
                    .addKeyValue("account", peer.getName())
                    .log(
                            isAdmitted
                                    ? "Refused a request without permission"
                                    : "Refused a request: agent.requests_max reached");
            replies.write(new AgentReply.Refused());
            return Optional.empty();
        }
        return switch (request) {
            case AgentRequest.FindKey ofKey -> {
                replies.write(keys.answer(ofKey));
                yield Optional.empty();
            }
            case AgentRequest.AuthorizeCommand ofCommand -> commands.reply(ofCommand, replies);
        };
    }

    /** Stops accepting requests and waits up to 5 s for those that are being answered. May be called twice. */
    @Override
    public void close() {
        try {
            socket.close();
            if (free.tryAcquire(requestsMax, CLOSE_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
                free.release(requestsMax);
            }
        } catch (IOException e) {
            LOG.warn("Cannot remove the socket", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
