package io.gerve.fileserver;

import io.gerve.config.FileServerSettings;
import io.gerve.routing.FileServerHost;
import io.micrometer.core.instrument.MeterRegistry;
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
 * Pool of authenticated SSH sessions to the file servers. Sessions are opened in advance. A host with a changed address
 * or host key counts as a different host, so that no earlier session is used for it.
 */
public final class FileServerPool implements FileServers {
    private static final Logger LOG = LoggerFactory.getLogger(FileServerPool.class);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    private final FileServerSettings settings;
    private final SessionDialer dialer;
    private final Map<FileServerHost, HostPool> hosts = new ConcurrentHashMap<>();
    private final PoolMetrics metrics;
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * Starts the pool.
     *
     * @throws IllegalArgumentException if the private key in the settings cannot be read or used
     * @throws IllegalStateException if this Java does not support the key exchanges and signatures for file servers
     */
    public FileServerPool(FileServerSettings settings, MeterRegistry registry) {
        this.settings = settings;
        this.metrics = new PoolMetrics(registry, hosts);
        this.dialer = new SessionDialer(settings);
        Thread.ofVirtual().name("file-server-pool-housekeeper").start(this::housekeepUntilClosed);
    }

    /** Opens sessions to the expected hosts in the background. An unreachable host is tried again later. */
    public void prepare(Collection<FileServerHost> expected) {
        expected.forEach(host -> pool(host).prepare());
    }

    /** Returns whether a session to the host is open or can be opened within the connect timeout. */
    public boolean isAnswering(FileServerHost host) throws InterruptedException {
        try {
            pool(host).idleOrNew(Deadline.in(settings.connectTimeout()));
            return true;
        } catch (FileServerUnavailable e) {
            LOG.atWarn()
                    .addKeyValue("host", host.name())
                    .addKeyValue("cause", e.getMessage())
                    .log("File server unavailable");
            return false;
        }
    }

    /** Starts a command within the connect timeout, including all sessions that are tried. */
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

    /**
     * Starts a command. An idle session may be dead unnoticed, so it gets half of the time and a new session the rest.
     */
    private RemoteCommand start(FileServerHost host, CommandRequest command)
            throws FileServerUnavailable, InterruptedException {
        var deadline = Deadline.in(settings.connectTimeout());
        var hostPool = pool(host);
        var borrowed = hostPool.borrow(deadline);
        if (borrowed.pooled()) {
            try {
                return hostPool.start(
                        borrowed, command, Deadline.in(deadline.left().dividedBy(2)));
            } catch (SessionFailed _) {
                borrowed = hostPool.borrowNew(deadline);
            }
        }
        try {
            return hostPool.start(borrowed, command, deadline);
        } catch (SessionFailed e) {
            throw new FileServerUnavailable("file server " + host.name() + " did not accept the command", e);
        }
    }

    private HostPool pool(FileServerHost host) {
        var hostPool = hosts.computeIfAbsent(host, h -> {
            metrics.add(h);
            return new HostPool(h, settings, dialer);
        });
        if (closed.getCount() == 0) {
            hostPool.close();
        }
        return hostPool;
    }

    /** Returns the number of open sessions: idle, in use, or connecting. */
    public int openCount() {
        return sum(HostPool::openCount);
    }

    public int idleCount() {
        return sum(HostPool::idleCount);
    }

    /** Returns the number of connection attempts so far, successful or not. */
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
            throw new IllegalStateException("no other thread interrupts this one", e);
        }
    }

    /**
     * Closes every session with its command and waits for their threads to end, at most five seconds. A thread that is
     * blocked in a stream of a client may outlive the wait.
     */
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
