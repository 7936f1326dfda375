package io.gerve.fileserver;

import io.gerve.config.FileServerSettings;
import io.gerve.routing.FileServerHost;
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

    private final FileServerSettings settings;
    private final SessionDialer dialer;
    private final Map<FileServerHost, HostPool> hosts = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @throws IllegalArgumentException if the private key in the settings cannot be read or used
     * @throws IllegalStateException if this Java cannot do the key exchanges and signatures that file servers are reached with
     */
    public FileServerPool(FileServerSettings settings) {
        this.settings = settings;
        this.dialer = new SessionDialer(settings);
        Thread.ofVirtual().name("bridge-pool").start(this::housekeepUntilClosed);
    }

    /** Opens sessions ahead to hosts that will be asked for, without waiting for them; to one that is not there, later. */
    public void prepare(Collection<FileServerHost> expected) {
        expected.forEach(host -> pool(host).prepare());
    }

    /** Whether a session to the host is open, or can be opened within the connect timeout of the settings. */
    public boolean isAnswering(FileServerHost host) throws InterruptedException {
        try {
            pool(host).idleOrNew(Deadline.in(settings.connectTimeout()));
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
        return start(host, new CommandRequest(command, environment, stdout, stderr));
    }

    /** A session that lay idle may have died without a sign, so that it gets half of the time, and another the rest. */
    private RemoteCommand start(FileServerHost host, CommandRequest command)
            throws FileServerUnavailable, InterruptedException {
        var deadline = Deadline.in(settings.connectTimeout());
        var sessions = pool(host);
        var taken = sessions.borrow(deadline);
        if (taken.pooled()) {
            try {
                return sessions.start(
                        taken, command, Deadline.in(deadline.left().dividedBy(2)));
            } catch (SessionFailed _) {
                taken = sessions.borrowNew(deadline);
            }
        }
        try {
            return sessions.start(taken, command, deadline);
        } catch (SessionFailed e) {
            throw new FileServerUnavailable("file server " + host.name() + " did not take the command", e);
        }
    }

    private HostPool pool(FileServerHost host) {
        var sessions = hosts.computeIfAbsent(host, h -> new HostPool(h, settings, dialer));
        if (closed.getCount() == 0) {
            sessions.close();
        }
        return sessions;
    }

    /** Sessions that are open, be they idle, in use or being dialled. */
    public int openCount() {
        return sum(HostPool::openCount);
    }

    public int idleCount() {
        return sum(HostPool::idleCount);
    }

    /** How often a host was dialled so far, with or without success. */
    public long dialedCount() {
        return dialer.dialedCount();
    }

    private int sum(ToIntFunction<HostPool> count) {
        return hosts.values().stream().mapToInt(count).sum();
    }

    private void housekeepUntilClosed() {
        try {
            while (!closed.await(settings.keepaliveInterval().toNanos(), TimeUnit.NANOSECONDS)) {
                hosts.values().forEach(HostPool::housekeep);
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
