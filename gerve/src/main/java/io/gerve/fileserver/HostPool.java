package io.gerve.fileserver;

import io.gerve.config.FileServerSettings;
import io.gerve.lookup.CircuitBreaker;
import io.gerve.routing.FileServerHost;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions to one host. Each open session, whether idle, in use or connecting, takes one of a limited number of slots.
 * Safe for use by many threads.
 */
final class HostPool {
    private static final Logger LOG = LoggerFactory.getLogger(HostPool.class);

    /** Idle time after which a session beyond {@code min_idle_per_host} is closed. */
    private static final Duration SPARE_IDLE_MAX = Duration.ofSeconds(60);
    /** Time without a request after which a host keeps no sessions. */
    private static final Duration HOST_IDLE_MAX = Duration.ofMinutes(10);
    /** Duration from which a failed login counts as a timeout. A host that is up refuses sooner. */
    private static final Duration LOGIN_TIMEOUT_MIN = Duration.ofSeconds(1);

    private final FileServerHost host;
    private final FileServerSettings settings;
    private final SessionDialer dialer;
    /** Fair, so that the request that has waited longest gets the next slot. */
    private final ReentrantLock lock = new ReentrantLock(true);

    private final Condition slotFreed = lock.newCondition();
    private final Set<PooledSession> open = new HashSet<>();
    /** Most recently used session first; the last ones are closed first. */
    private final Deque<Idle> idle = new ArrayDeque<>();

    /** Spares a host that refuses logins those in the background. */
    private final CircuitBreaker backgroundLogins =
            new CircuitBreaker(1, Duration.ofMillis(500), Duration.ofSeconds(30), System::nanoTime);
    /**
     * Spares requests the wait for a host whose logins time out, as they do when its machine or network fails without a
     * reset.
     */
    private final CircuitBreaker requestLogins = new CircuitBreaker(2, Duration.ofSeconds(1), System::nanoTime);

    private final LongAdder loginFailures = new LongAdder();
    private int pendingConnections;
    private long lastBorrowedAt = System.nanoTime();
    private boolean closed;

    private record Idle(PooledSession session, long since) {}

    /** @param pooled whether the session was idle in the pool, and may therefore be dead unnoticed */
    record Borrowed(PooledSession session, boolean pooled) {}

    HostPool(FileServerHost host, FileServerSettings settings, SessionDialer dialer) {
        this.host = host;
        this.settings = settings;
        this.dialer = dialer;
    }

    /** Opens idle sessions in the background. */
    void prepare() {
        lock.lock();
        try {
            lastBorrowedAt = System.nanoTime();
            fillPool();
        } finally {
            lock.unlock();
        }
    }

    /** Borrows an idle session or, if there is none, a new one; the session is logged in. */
    Borrowed borrow(Deadline deadline) throws FileServerUnavailable, InterruptedException {
        return logIn(awaitSession(this::takeIdleSession, deadline), deadline);
    }

    /** Borrows a new session, evicting an idle one if no slot is free. */
    Borrowed borrowNew(Deadline deadline) throws FileServerUnavailable, InterruptedException {
        return logIn(awaitSession(this::noIdleSession, deadline), deadline);
    }

    /** Ensures that an idle session exists, and opens one if necessary. */
    void idleOrNew(Deadline deadline) throws FileServerUnavailable, InterruptedException {
        if (!hasIdleSession()) {
            release(borrow(deadline).session(), true);
        }
    }

    private boolean hasIdleSession() {
        lock.lock();
        try {
            lastBorrowedAt = System.nanoTime();
            return idle.stream().anyMatch(each -> isWorthKeeping(each.session()));
        } finally {
            lock.unlock();
        }
    }

    private Borrowed awaitSession(Supplier<Optional<Borrowed>> idleSession, Deadline deadline)
            throws FileServerUnavailable, InterruptedException {
        lock.lockInterruptibly();
        try {
            lastBorrowedAt = System.nanoTime();
            while (true) {
                if (closed) {
                    throw new FileServerUnavailable("the gate is shutting down");
                }
                var borrowed = idleSession.get();
                if (borrowed.isEmpty()) {
                    borrowed = takeSlot();
                }
                if (borrowed.isPresent()) {
                    return borrowed.get();
                }
                if (slotFreed.awaitNanos(deadline.nanosLeft()) <= 0) {
                    throw new FileServerUnavailable("all " + settings.sessionsPerHostMax() + " sessions to file server "
                            + host.name() + " are in use");
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<Borrowed> takeIdleSession() {
        while (!idle.isEmpty()) {
            var session = idle.removeFirst().session();
            if (isWorthKeeping(session)) {
                fillPool();
                return Optional.of(new Borrowed(session, true));
            }
            evict(session);
        }
        return Optional.empty();
    }

    private Optional<Borrowed> noIdleSession() {
        if (!hasSlot() && !idle.isEmpty()) {
            evict(idle.removeLast().session());
        }
        return Optional.empty();
    }

    private Optional<Borrowed> takeSlot() throws FileServerUnavailable {
        if (!hasSlot()) {
            return Optional.empty();
        }
        if (!requestLogins.allowsCall()) {
            throw new FileServerUnavailable(
                    "logins to file server " + host.name() + " time out; another request is retrying");
        }
        return Optional.of(new Borrowed(newSession(), false));
    }

    private Borrowed logIn(Borrowed borrowed, Deadline deadline) throws FileServerUnavailable, InterruptedException {
        if (borrowed.pooled()) {
            return borrowed;
        }
        boolean usable = false;
        long startedAt = System.nanoTime();
        try {
            borrowed.session().logIn(deadline);
            hostAnswered();
            usable = true;
            return borrowed;
        } catch (FileServerUnavailable e) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while logging in to a file server");
            }
            hostRefused(startedAt);
            throw e;
        } finally {
            if (!usable) {
                requestLogins.abandoned();
                release(borrowed.session(), false);
            }
        }
    }

    /**
     * Starts a command on a borrowed session. The session is evicted if that fails, and released when the command is
     * closed.
     */
    RemoteCommand start(Borrowed borrowed, CommandRequest command, Deadline deadline)
            throws SessionFailed, InterruptedException {
        try {
            return borrowed.session().start(command, deadline);
        } catch (SessionFailed | InterruptedException | RuntimeException e) {
            release(borrowed.session(), false);
            throw e;
        }
    }

    /** Releases a session, or evicts it if it must not be reused. */
    void release(PooledSession session, boolean reusable) {
        lock.lock();
        try {
            if (reusable && !closed && isWorthKeeping(session)) {
                idle.addFirst(new Idle(session, System.nanoTime()));
            } else {
                evict(session);
            }
            fillPool();
            slotFreed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Performs the periodic work: evicts old sessions, opens idle ones, sends keepalives. */
    void housekeep() {
        lock.lock();
        try {
            idle.removeIf(each -> mustBeEvicted(each.session()));
            while (idle.size() > settings.minIdlePerHost() && hasIdledTooLong(idle.getLast())) {
                evict(idle.removeLast().session());
            }
            fillPool();
            open.forEach(session -> session.keepalive(settings.keepaliveInterval()));
            slotFreed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Closes every session and returns the closed sessions. */
    List<PooledSession> close() {
        lock.lock();
        try {
            closed = true;
            var sessions = new ArrayList<>(open);
            sessions.forEach(this::evict);
            idle.clear();
            slotFreed.signalAll();
            return sessions;
        } finally {
            lock.unlock();
        }
    }

    int openCount() {
        lock.lock();
        try {
            return open.size();
        } finally {
            lock.unlock();
        }
    }

    int idleCount() {
        lock.lock();
        try {
            return idle.size();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of sessions that connect or log in. */
    int dialingCount() {
        lock.lock();
        try {
            return (int) open.stream().filter(session -> !session.isLoggedIn()).count();
        } finally {
            lock.unlock();
        }
    }

    long loginFailures() {
        return loginFailures.sum();
    }

    private void fillPool() {
        while (!closed
                && isIdleSessionNeeded()
                && hasSlot()
                && idle.size() + pendingConnections < settings.minIdlePerHost()
                && backgroundLogins.allowsCall()) {
            pendingConnections++;
            var session = newSession();
            Thread.ofVirtual().name("file-server-pool-filler-" + host.name()).start(() -> fillPool(session));
        }
    }

    private void fillPool(PooledSession session) {
        boolean usable = false;
        long startedAt = System.nanoTime();
        try {
            session.logIn(Deadline.in(settings.connectTimeout()));
            usable = true;
            hostAnswered();
        } catch (FileServerUnavailable e) {
            if (hostRefused(startedAt)) {
                LOG.atWarn()
                        .addKeyValue("host", host.name())
                        .addKeyValue("cause", e.getMessage())
                        .log("Cannot open idle session to file server");
            }
        } finally {
            lock.lock();
            try {
                pendingConnections--;
                backgroundLogins.abandoned();
                release(session, usable);
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Records a successful login and only then fills the pool, so that filling delays no waiting request and leaves an
     * unreachable host alone.
     */
    private void hostAnswered() {
        lock.lock();
        try {
            backgroundLogins.succeeded();
            requestLogins.succeeded();
            fillPool();
        } finally {
            lock.unlock();
        }
    }

    /** Records a failed login. Returns whether the host caused it, rather than the closing of the pool. */
    private boolean hostRefused(long startedAt) {
        lock.lock();
        try {
            loginFailures.increment();
            backgroundLogins.failed();
            if (System.nanoTime() - startedAt < LOGIN_TIMEOUT_MIN.toNanos()) {
                requestLogins.succeeded();
            } else {
                requestLogins.failed();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private PooledSession newSession() {
        var session = dialer.prepare(host, settings.connectTimeout(), this::release);
        open.add(session);
        return session;
    }

    private void evict(PooledSession session) {
        open.remove(session);
        session.cut();
    }

    private boolean hasSlot() {
        return open.size() < settings.sessionsPerHostMax();
    }

    private boolean isIdleSessionNeeded() {
        return System.nanoTime() - lastBorrowedAt < HOST_IDLE_MAX.toNanos();
    }

    private boolean isWorthKeeping(PooledSession session) {
        return session.isUsable()
                && session.uses() < settings.maxSessionUses()
                && session.age().compareTo(settings.maxSessionLifetime()) < 0;
    }

    /** Evicts the session if it is no longer needed or usable, and returns whether it did. */
    private boolean mustBeEvicted(PooledSession session) {
        boolean evictable = !isIdleSessionNeeded() || !isWorthKeeping(session);
        if (evictable) {
            evict(session);
        }
        return evictable;
    }

    private static boolean hasIdledTooLong(Idle idle) {
        return System.nanoTime() - idle.since() > SPARE_IDLE_MAX.toNanos();
    }
}
