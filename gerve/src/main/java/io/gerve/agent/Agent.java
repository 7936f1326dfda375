package io.gerve.agent;

import io.gerve.agent.protocol.Greeting;
import io.gerve.agent.protocol.Question;
import io.gerve.agent.protocol.Reply;
import io.gerve.config.AgentSettings;
import io.gerve.config.BridgeSettings;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.session.RequestDecider;
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
public final class Agent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Agent.class);
    private static final Path USUAL_SOCKET = Path.of("/run/gerve-agent/socket");
    /** Asking takes a client no time, since it knows its question; to read the answer likewise. */
    private static final Duration CLIENT_MAX = Duration.ofSeconds(5);

    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    private final Askers askers;
    private final AuthorizedKeys keys;
    private final Commands commands;
    private final AgentSocket socket;
    private final int questionsMax;
    private final Semaphore free;

    /** @throws IOException if it cannot listen, or the settings name what is not on this machine; the message says what to do */
    public Agent(AgentSettings settings, BridgeSettings bridge, KeyDirectory keys, RequestDecider decider)
            throws IOException {
        this.askers = Askers.of(settings);
        this.keys = new AuthorizedKeys(keys, settings, USUAL_SOCKET);
        this.questionsMax = settings.questionsMax();
        this.free = new Semaphore(questionsMax);
        this.socket = AgentSocket.open(settings.folder(), settings.socket());
        this.commands = new Commands(decider, new PinnedHosts(settings.folder()), settings, bridge);
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
                pause();
            }
        }
    }

    /** As when files run out: to try again at once would only heat the machine. */
    private static void pause() {
        try {
            Thread.sleep(Duration.ofMillis(100));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel, boolean isTaken) {
        try (channel) {
            UserPrincipal asker = Askers.of(channel);
            if (!askers.mayAskAnything(asker)) {
                LOG.atWarn().addKeyValue("account", asker.getName()).log("somebody who may not ask was refused");
                return;
            }
            try (var _ = new Deadline(channel, CLIENT_MAX)) {
                Greeting.write(channel);
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

    private Reply answer(SocketChannel channel, UserPrincipal asker, boolean isTaken) throws IOException {
        Question question;
        try (var _ = new Deadline(channel, CLIENT_MAX)) {
            question = Question.read(channel);
        }
        if (!isTaken || !askers.mayAsk(question, asker)) {
            LOG.atWarn()
                    .addKeyValue("account", asker.getName())
                    .log(isTaken ? "a question that its asker may not ask" : "more questions than agent.questions_max");
            return new Reply.Refused();
        }
        return switch (question) {
            case Question.OfKey ofKey -> keys.answer(ofKey);
            case Question.OfCommand ofCommand -> commands.answer(ofCommand);
        };
    }

    /** Takes no more questions; those under way get five seconds for their answers. May be called twice. */
    @Override
    public void close() {
        try {
            socket.close();
            if (free.tryAcquire(questionsMax, CLOSE_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
                free.release(questionsMax);
            }
        } catch (IOException e) {
            LOG.warn("the socket could not be removed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
