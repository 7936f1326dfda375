package io.gerve.agent;

import io.gerve.agent.protocol.AgentReply;
import io.gerve.agent.protocol.AgentRequest;
import io.gerve.agent.protocol.ProtocolGreeting;
import io.gerve.config.AgentSettings;
import io.gerve.config.FileServerSettings;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.session.DelegatedRequests;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers one question on each connection, on a thread of its own. What is beyond the limit is refused at once. */
public final class AgentServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentServer.class);
    private static final Path USUAL_SOCKET = Path.of("/run/gerve-agent/socket");
    /** Asking takes a client no time, since it knows its question; to read the answer likewise. */
    private static final Duration CLIENT_MAX = Duration.ofSeconds(5);

    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    private final PeerPermissions permissions;
    private final AuthorizedKeysResponder keys;
    private final CommandResponder commands;
    private final AgentSocket socket;
    private final int requestsMax;
    private final Semaphore free;

    /** @throws IOException if it cannot listen, or the settings name what is not on this machine; the message says what to do */
    public AgentServer(AgentSettings settings, FileServerSettings bridge, KeyDirectory keys, DelegatedRequests decider)
            throws IOException {
        this.permissions = PeerPermissions.of(settings);
        this.keys = new AuthorizedKeysResponder(keys, settings, USUAL_SOCKET);
        this.requestsMax = settings.requestsMax();
        this.free = new Semaphore(requestsMax);
        this.socket = AgentSocket.open(settings.folder(), settings.socket());
        this.commands = new CommandResponder(decider, new KnownHostsFiles(settings.folder()), settings, bridge);
        Thread.ofVirtual().name("agent-accept").start(this::accept);
    }

    private void accept() {
        while (true) {
            try {
                SocketChannel channel = socket.accept();
                boolean isTaken = free.tryAcquire();
                Thread.ofVirtual().name("agent-question").start(() -> serve(channel, isTaken));
            } catch (ClosedChannelException _) {
                return;
            } catch (IOException e) {
                LOG.error("cannot take a connection", e);
                pauseAfterFailure();
            }
        }
    }

    /** As when files run out: to try again at once would only heat the machine. */
    private static void pauseAfterFailure() {
        try {
            Thread.sleep(Duration.ofMillis(100));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel, boolean isTaken) {
        try (channel) {
            UserPrincipal asker = PeerPermissions.of(channel);
            if (!permissions.permitsAny(asker)) {
                LOG.atWarn().addKeyValue("account", asker.getName()).log("somebody who may not ask was refused");
                return;
            }
            try (var _ = new ChannelTimeout(channel, CLIENT_MAX)) {
                ProtocolGreeting.write(channel);
            }
            answer(channel, asker, isTaken).write(channel);
        } catch (IOException e) {
            LOG.debug("a thin client went away", e);
        } catch (RuntimeException bug) {
            LOG.error("a question ended in a bug", bug);
        } finally {
            if (isTaken) {
                free.release();
            }
        }
    }

    private AgentReply answer(SocketChannel channel, UserPrincipal asker, boolean isTaken) throws IOException {
        AgentRequest question;
        try (var _ = new ChannelTimeout(channel, CLIENT_MAX)) {
            question = AgentRequest.read(channel);
        }
        if (!isTaken || !permissions.permits(question, asker)) {
            LOG.atWarn()
                    .addKeyValue("account", asker.getName())
                    .log(isTaken ? "a question that its asker may not ask" : "more questions than agent.requests_max");
            return new AgentReply.Refused();
        }
        return switch (question) {
            case AgentRequest.FindKey ofKey -> keys.answer(ofKey);
            case AgentRequest.AuthorizeCommand ofCommand -> commands.answer(ofCommand);
        };
    }

    /** Takes no more questions; those under way get five seconds for their answers. May be called twice. */
    @Override
    public void close() {
        try {
            socket.close();
            if (free.tryAcquire(requestsMax, CLOSE_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
                free.release(requestsMax);
            }
        } catch (IOException e) {
            LOG.warn("the socket could not be removed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
