package io.gerve.bridge;

import io.gerve.chimney.FileServerHost;
import io.gerve.config.BridgeSettings;
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
final class HostSessions {
    private static final Logger LOG = LoggerFactory.getLogger(HostSessions.class);

    /** An idle session beyond those kept ready is closed after this time. */
    private static final Duration SPARE_IDLE_MAX = Duration.ofSeconds(60);
    /** A host that nobody asked for in this time keeps no session. */
    private static final Duration HOST_IDLE_MAX = Duration.ofMinutes(10);

    private final FileServerHost host;
    private final BridgeSettings settings;
    private final Dialler dialler;
    /** Fair, so that whoever waits longest for a slot gets the next one. */
    private final ReentrantLock lock = new ReentrantLock(true);

    private final Condition changed = lock.newCondition();
    private final Set<FileServerSession> open = new HashSet<>();
    /** The one used last in front: those at the end are not needed. */
    private final Deque<Idle> idle = new ArrayDeque<>();

    private final BackOff backOff = new BackOff();
    private final SilentHost silence = new SilentHost(System::nanoTime);
    private int beingOpenedAhead;
    private long askedAt = System.nanoTime();
    private boolean closed;

    private record Idle(FileServerSession session, long since) {}

    /** @param pooled whether it lay idle, so that it may have died without a sign */
    record Taken(FileServerSession session, boolean pooled) {}

    HostSessions(FileServerHost host, BridgeSettings settings, Dialler dialler) {
        this.host = host;
        this.settings = settings;
        this.dialler = dialler;
    }

    /** Opens sessions ahead, without waiting for them. */
    void prepare() {
        lock.lock();
        try {
            askedAt = System.nanoTime();
            openAhead();
        } finally {
            lock.unlock();
        }
    }

    /** An idle session if there is one, otherwise a new one; logged in. */
    Taken take(Deadline deadline) throws FileServerUnavailable, InterruptedException {
        return loggedIn(taken(this::anIdleOne, deadline), deadline);
    }

    /** A session that nobody has used yet, for which an idle one makes room. */
    Taken takeNew(Deadline deadline) throws FileServerUnavailable, InterruptedException {
        return loggedIn(taken(this::noIdleOne, deadline), deadline);
    }

    /** Sees to it that there is a session, logged in, and leaves it where it is. */
    void find(Deadline deadline) throws FileServerUnavailable, InterruptedException {
        if (!hasIdleOne()) {
            giveBack(take(deadline).session(), true);
        }
    }

    private boolean hasIdleOne() {
        lock.lock();
        try {
            askedAt = System.nanoTime();
            return idle.stream().anyMatch(each -> isWorthKeeping(each.session()));
        } finally {
            lock.unlock();
        }
    }

    private Taken taken(Supplier<Optional<Taken>> idleOne, Deadline deadline)
            throws FileServerUnavailable, InterruptedException {
        lock.lockInterruptibly();
        try {
            askedAt = System.nanoTime();
            while (true) {
                if (closed) {
                    throw new FileServerUnavailable("the gate is stopping");
                }
                var taken = idleOne.get();
                if (taken.isEmpty()) {
                    taken = aSlot();
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

    private Optional<Taken> anIdleOne() {
        while (!idle.isEmpty()) {
            var session = idle.removeFirst().session();
            if (isWorthKeeping(session)) {
                openAhead();
                return Optional.of(new Taken(session, true));
            }
            drop(session);
        }
        return Optional.empty();
    }

    private Optional<Taken> noIdleOne() {
        if (!hasSlot() && !idle.isEmpty()) {
            drop(idle.removeLast().session());
        }
        return Optional.empty();
    }

    private Optional<Taken> aSlot() throws FileServerUnavailable {
        if (!hasSlot()) {
            return Optional.empty();
        }
        if (!silence.mayDial()) {
            throw new FileServerUnavailable(
                    "file server " + host.name() + " lets logins time out, and is being tried again");
        }
        return Optional.of(new Taken(newSession(), false));
    }

    private Taken loggedIn(Taken taken, Deadline deadline) throws FileServerUnavailable, InterruptedException {
        if (taken.pooled()) {
            return taken;
        }
        boolean usable = false;
        long dialledAt = System.nanoTime();
        try {
            taken.session().logIn(deadline);
            reached();
            usable = true;
            return taken;
        } catch (FileServerUnavailable e) {
            if (Thread.interrupted()) {
                gaveUp();
                throw new InterruptedException("interrupted while logging in to a file server");
            }
            refused(dialledAt);
            throw e;
        } finally {
            if (!usable) {
                giveBack(taken.session(), false);
            }
        }
    }

    /** Starts a command on a session that was taken, which is dropped if that fails, and comes back when the command is closed. */
    RemoteCommand start(Taken taken, Command command, Deadline deadline) throws SessionFailed, InterruptedException {
        try {
            return taken.session().start(command, deadline);
        } catch (SessionFailed | InterruptedException | RuntimeException e) {
            giveBack(taken.session(), false);
            throw e;
        }
    }

    /** Takes a session back, or drops it if it may not be used again. */
    void giveBack(FileServerSession session, boolean reusable) {
        lock.lock();
        try {
            if (reusable && !closed && isWorthKeeping(session)) {
                idle.addFirst(new Idle(session, System.nanoTime()));
            } else {
                drop(session);
            }
            openAhead();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** What there is to do every now and then: signs of life, old sessions, sessions ahead. */
    void tick() {
        lock.lock();
        try {
            idle.removeIf(each -> isUseless(each.session()));
            while (idle.size() > settings.readyPerHost() && isOld(idle.getLast())) {
                drop(idle.removeLast().session());
            }
            openAhead();
            open.forEach(session -> session.beat(settings.heartbeat()));
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Cuts every session. @return those that there were */
    List<FileServerSession> close() {
        lock.lock();
        try {
            closed = true;
            var all = new ArrayList<>(open);
            all.forEach(this::drop);
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
                && isWanted()
                && backOff.isOver()
                && hasSlot()
                && idle.size() + beingOpenedAhead < settings.readyPerHost()) {
            beingOpenedAhead++;
            var session = newSession();
            Thread.ofVirtual().name("bridge-ahead-" + host.name()).start(() -> openAhead(session));
        }
    }

    private void openAhead(FileServerSession session) {
        boolean usable = false;
        long dialledAt = System.nanoTime();
        try {
            session.logIn(Deadline.in(settings.connectTimeout()));
            usable = true;
            reached();
        } catch (FileServerUnavailable e) {
            if (refused(dialledAt)) {
                LOG.warn("no session ahead: {}", e.getMessage());
            }
        } finally {
            lock.lock();
            try {
                beingOpenedAhead--;
                giveBack(session, usable);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Only now, so that a request that finds no session is not held up by those for later ones, and a host that is gone is left alone. */
    private void reached() {
        lock.lock();
        try {
            backOff.succeeded();
            silence.answered();
            openAhead();
        } finally {
            lock.unlock();
        }
    }

    private void gaveUp() {
        lock.lock();
        try {
            silence.gaveUp();
        } finally {
            lock.unlock();
        }
    }

    /** @return whether it was the host's doing */
    private boolean refused(long dialledAt) {
        lock.lock();
        try {
            backOff.failed();
            silence.failed(dialledAt);
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private FileServerSession newSession() {
        var session = dialler.prepare(host, settings.connectTimeout(), this::giveBack);
        open.add(session);
        return session;
    }

    private void drop(FileServerSession session) {
        open.remove(session);
        session.cut();
    }

    private boolean hasSlot() {
        return open.size() < settings.sessionsPerHostMax();
    }

    private boolean isWanted() {
        return System.nanoTime() - askedAt < HOST_IDLE_MAX.toNanos();
    }

    private boolean isWorthKeeping(FileServerSession session) {
        return session.isUsable()
                && session.uses() < settings.sessionUsesMax()
                && session.age().compareTo(settings.sessionAgeMax()) < 0;
    }

    /** Drops it, if so. */
    private boolean isUseless(FileServerSession session) {
        boolean useless = !isWanted() || !isWorthKeeping(session);
        if (useless) {
            drop(session);
        }
        return useless;
    }

    private static boolean isOld(Idle spare) {
        return System.nanoTime() - spare.since() > SPARE_IDLE_MAX.toNanos();
    }
}
