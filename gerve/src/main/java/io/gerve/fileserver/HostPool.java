package io.gerve.fileserver;

import io.gerve.config.FileServerSettings;
import io.gerve.routing.FileServerHost;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions to one host. Each that is open, be it idle, in use or being dialled, takes one of a bounded number of slots. Safe for
 * use by many threads.
 */
final class HostPool {
    private static final Logger LOG = LoggerFactory.getLogger(HostPool.class);

    /** An idle session beyond those kept ready is closed after this time. */
    private static final Duration SPARE_IDLE_MAX = Duration.ofSeconds(60);
    /** A host that nobody asked for in this time keeps no session. */
    private static final Duration HOST_IDLE_MAX = Duration.ofMinutes(10);

    private final FileServerHost host;
    private final FileServerSettings settings;
    private final SessionDialer dialer;
    /** Fair, so that whoever waits longest for a slot gets the next one. */
    private final ReentrantLock lock = new ReentrantLock(true);

    private final Condition changed = lock.newCondition();
    private final Set<PooledSession> open = new HashSet<>();
    /** The one used last in front: those at the end are not needed. */
    private final Deque<Idle> idle = new ArrayDeque<>();

    private final BackOff backOff = new BackOff();
    private final SilentHost silentHost = new SilentHost(System::nanoTime);
    private int openingAhead;
    private long lastBorrowedAt = System.nanoTime();
    private boolean closed;

    private record Idle(PooledSession session, long since) {}

    /** @param pooled whether it lay idle, so that it may have died without a sign */
    record Borrowed(PooledSession session, boolean pooled) {}

    HostPool(FileServerHost host, FileServerSettings settings, SessionDialer dialler) {
        this.host = host;
        this.settings = settings;
        this.dialer = dialler;
    }

    /** Opens sessions ahead, without waiting for them. */
    void prepare() {
        lock.lock();
        try {
            lastBorrowedAt = System.nanoTime();
            openAhead();
        } finally {
            lock.unlock();
        }
    }

    /** An idle session if there is one, otherwise a new one; logged in. */
    Borrowed borrow(Deadline deadline) throws FileServerUnavailable, InterruptedException {
        return loggedIn(borrowed(this::takeIdleSession, deadline), deadline);
    }

    /** A session that nobody has used yet, for which an idle one makes room. */
    Borrowed borrowNew(Deadline deadline) throws FileServerUnavailable, InterruptedException {
        return loggedIn(borrowed(this::noIdleSession, deadline), deadline);
    }

    /** Sees to it that there is a session, logged in, and leaves it where it is. */
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

    private Borrowed borrowed(Supplier<Optional<Borrowed>> idleOne, Deadline deadline)
            throws FileServerUnavailable, InterruptedException {
        lock.lockInterruptibly();
        try {
            lastBorrowedAt = System.nanoTime();
            while (true) {
                if (closed) {
                    throw new FileServerUnavailable("the gate is stopping");
                }
                var taken = idleOne.get();
                if (taken.isEmpty()) {
                    taken = takeSlot();
                }
                if (taken.isPresent()) {
                    return taken.get();
                }
                if (changed.awaitNanos(deadline.nanosLeft()) <= 0) {
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
                openAhead();
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
        if (!silentHost.mayDial()) {
            throw new FileServerUnavailable(
                    "file server " + host.name() + " lets logins time out, and is being tried again");
        }
        return Optional.of(new Borrowed(newSession(), false));
    }

    private Borrowed loggedIn(Borrowed taken, Deadline deadline) throws FileServerUnavailable, InterruptedException {
        if (taken.pooled()) {
            return taken;
        }
        boolean usable = false;
        long dialledAt = System.nanoTime();
        try {
            taken.session().logIn(deadline);
            hostAnswered();
            usable = true;
            return taken;
        } catch (FileServerUnavailable e) {
            if (Thread.interrupted()) {
                dialTimedOut();
                throw new InterruptedException("interrupted while logging in to a file server");
            }
            hostRefused(dialledAt);
            throw e;
        } finally {
            if (!usable) {
                release(taken.session(), false);
            }
        }
    }

    /** Starts a command on a session that was taken, which is dropped if that fails, and comes back when the command is closed. */
    RemoteCommand start(Borrowed taken, CommandRequest command, Deadline deadline)
            throws SessionFailed, InterruptedException {
        try {
            return taken.session().start(command, deadline);
        } catch (SessionFailed | InterruptedException | RuntimeException e) {
            release(taken.session(), false);
            throw e;
        }
    }

    /** Takes a session back, or drops it if it may not be used again. */
    void release(PooledSession session, boolean reusable) {
        lock.lock();
        try {
            if (reusable && !closed && isWorthKeeping(session)) {
                idle.addFirst(new Idle(session, System.nanoTime()));
            } else {
                evict(session);
            }
            openAhead();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** What there is to do every now and then: signs of life, old sessions, sessions ahead. */
    void housekeep() {
        lock.lock();
        try {
            idle.removeIf(each -> mustBeEvicted(each.session()));
            while (idle.size() > settings.minIdlePerHost() && hasIdledTooLong(idle.getLast())) {
                evict(idle.removeLast().session());
            }
            openAhead();
            open.forEach(session -> session.keepalive(settings.keepaliveInterval()));
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Cuts every session. @return those that there were */
    List<PooledSession> close() {
        lock.lock();
        try {
            closed = true;
            var all = new ArrayList<>(open);
            all.forEach(this::evict);
            idle.clear();
            changed.signalAll();
            return all;
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

    private void openAhead() {
        while (!closed
                && isIdleSessionNeeded()
                && backOff.isElapsed()
                && hasSlot()
                && idle.size() + openingAhead < settings.minIdlePerHost()) {
            openingAhead++;
            var session = newSession();
            Thread.ofVirtual().name("bridge-ahead-" + host.name()).start(() -> openAhead(session));
        }
    }

    private void openAhead(PooledSession session) {
        boolean usable = false;
        long dialledAt = System.nanoTime();
        try {
            session.logIn(Deadline.in(settings.connectTimeout()));
            usable = true;
            hostAnswered();
        } catch (FileServerUnavailable e) {
            if (hostRefused(dialledAt)) {
                LOG.warn("no session ahead: {}", e.getMessage());
            }
        } finally {
            lock.lock();
            try {
                openingAhead--;
                release(session, usable);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Only now, so that a request that finds no session is not held up by those for later ones, and a host that is gone is left alone. */
    private void hostAnswered() {
        lock.lock();
        try {
            backOff.succeeded();
            silentHost.answered();
            openAhead();
        } finally {
            lock.unlock();
        }
    }

    private void dialTimedOut() {
        lock.lock();
        try {
            silentHost.timedOut();
        } finally {
            lock.unlock();
        }
    }

    /** @return whether it was the host's doing */
    private boolean hostRefused(long dialledAt) {
        lock.lock();
        try {
            backOff.failed();
            silentHost.failed(dialledAt);
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

    /** Drops it, if so. */
    private boolean mustBeEvicted(PooledSession session) {
        boolean useless = !isIdleSessionNeeded() || !isWorthKeeping(session);
        if (useless) {
            evict(session);
        }
        return useless;
    }

    private static boolean hasIdledTooLong(Idle spare) {
        return System.nanoTime() - spare.since() > SPARE_IDLE_MAX.toNanos();
    }
}
