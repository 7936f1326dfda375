package io.gerve.bridge;

import io.gerve.chimney.FileServerHost;
import io.gerve.config.BridgeSettings;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authenticated sessions to every host that was asked for, opened ahead. A host whose address or key changed is another host, so that
 * no session of before is used for it.
 */
public final class FileServerPool implements FileServers {
    private static final Logger LOG = LoggerFactory.getLogger(FileServerPool.class);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    private final BridgeSettings settings;
    private final Dialler dialler;
    private final Map<FileServerHost, HostSessions> hosts = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @throws IllegalArgumentException if the private key in the settings cannot be read or used
     * @throws IllegalStateException if this Java cannot do the key exchanges and signatures that file servers are reached with
     */
    public FileServerPool(BridgeSettings settings) {
        this.settings = settings;
        this.dialler = new Dialler(settings);
        Thread.ofVirtual().name("bridge-pool").start(this::tickUntilClosed);
    }

    /** Opens sessions ahead to hosts that will be asked for, without waiting for them; to one that is not there, later. */
    public void prepare(Collection<FileServerHost> expected) {
        expected.forEach(host -> sessionsTo(host).prepare());
    }

    /** Whether a session to the host is open, or can be opened within the connect timeout of the settings. */
    public boolean answers(FileServerHost host) throws InterruptedException {
        try {
            sessionsTo(host).find(Deadline.in(settings.connectTimeout()));
            return true;
        } catch (FileServerUnavailable e) {
            LOG.atWarn()
                    .addKeyValue("host", host.name())
                    .addKeyValue("why", e.getMessage())
                    .log("a file server does not answer");
            return false;
        }
    }

    /** Takes the connect timeout of the settings at most, however many sessions it tries. */
    @Override
    public RemoteCommand start(
            FileServerHost host,
            String command,
            Map<String, String> environment,
            OutputStream stdout,
            OutputStream stderr)
            throws FileServerUnavailable, InterruptedException {
        return start(host, new Command(command, environment, stdout, stderr));
    }

    /** A session that lay idle may have died without a sign, so that it gets half of the time, and another the rest. */
    private RemoteCommand start(FileServerHost host, Command command)
            throws FileServerUnavailable, InterruptedException {
        var deadline = Deadline.in(settings.connectTimeout());
        var sessions = sessionsTo(host);
        var taken = sessions.take(deadline);
        if (taken.pooled()) {
            try {
                return sessions.start(
                        taken, command, Deadline.in(deadline.left().dividedBy(2)));
            } catch (SessionFailed _) {
                taken = sessions.takeNew(deadline);
            }
        }
        try {
            return sessions.start(taken, command, deadline);
        } catch (SessionFailed e) {
            throw new FileServerUnavailable("file server " + host.name() + " did not take the command", e);
        }
    }

    private HostSessions sessionsTo(FileServerHost host) {
        var sessions = hosts.computeIfAbsent(host, h -> new HostSessions(h, settings, dialler));
        if (closed.getCount() == 0) {
            sessions.close();
        }
        return sessions;
    }

    /** Sessions that are open, be they idle, in use or being dialled. */
    public int open() {
        return sum(HostSessions::openCount);
    }

    public int idle() {
        return sum(HostSessions::idleCount);
    }

    /** How often a host was dialled so far, with or without success. */
    public long dialled() {
        return dialler.dialled();
    }

    private int sum(ToIntFunction<HostSessions> count) {
        return hosts.values().stream().mapToInt(count).sum();
    }

    private void tickUntilClosed() {
        try {
            while (!closed.await(settings.heartbeat().toNanos(), TimeUnit.NANOSECONDS)) {
                hosts.values().forEach(HostSessions::tick);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody knows this thread", e);
        }
    }

    /** Cuts every session and what runs on it, and waits until their threads are gone: up to five seconds, if a client's stream holds one. */
    @Override
    public void close() {
        closed.countDown();
        var deadline = Deadline.in(CLOSE_MAX);
        try {
            for (var session :
                    hosts.values().stream().flatMap(h -> h.close().stream()).toList()) {
                session.awaitEnd(deadline);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
