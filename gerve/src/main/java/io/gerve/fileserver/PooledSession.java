package io.gerve.fileserver;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.Session;
import io.gerve.routing.FileServerHost;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a host, for one command at a time: JSch's one reader thread stops for the whole session while a command's output
 * is not taken. It is used by the thread that took it from the pool, except that any thread may cut it and let it beat.
 */
final class PooledSession {
    /** A host that has sent or taken nothing for five halves of a heartbeat is gone: it answers each one at once, and always reads. */
    private static final int MISSED_HALF_KEEPALIVES_MAX = 5;

    private final FileServerHost host;
    private final Session jsch;
    private final SessionSocket socket;
    private final BiConsumer<PooledSession, Boolean> released;
    private final long madeAt = System.nanoTime();
    private final AtomicBoolean keepaliveRunning = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean loggedIn;
    private volatile @Nullable Thread reader;
    private volatile @Nullable RunningCommand command;
    private int uses;

    /** @param released is told when a command is done with the session, and whether another may use it */
    PooledSession(FileServerHost host, Session jsch, SessionSocket wire, BiConsumer<PooledSession, Boolean> released) {
        this.host = host;
        this.jsch = jsch;
        this.socket = wire;
        this.released = released;
        jsch.setSocketFactory(wire);
        jsch.setThreadFactory(this::readerThread);
    }

    /** Connects and logs in. What a host sends may also end in any RuntimeException: JSch reads it without much care. */
    void logIn(Deadline deadline) throws FileServerUnavailable {
        try (var watchdog = new Watchdog(deadline.left(), socket::cut)) {
            try {
                jsch.connect(Math.toIntExact(Math.max(1, deadline.left().toMillis())));
                loggedIn = true;
            } catch (JSchException | RuntimeException e) {
                throw unavailable(watchdog.hasFired() ? "did not answer in time" : reason(e), e);
            }
        }
    }

    /** Hands a command to the host and returns when it was taken. @throws SessionFailed if it did not run; the session is of no more use */
    RemoteCommand start(CommandRequest what, Deadline deadline) throws SessionFailed, InterruptedException {
        uses++;
        var next = channelFor(what);
        command = next;
        if (ended.getCount() == 0) {
            throw new SessionFailed("the session has ended");
        }
        next.start(what, deadline);
        return next;
    }

    private RunningCommand channelFor(CommandRequest what) throws SessionFailed {
        try {
            if (jsch.openChannel("exec") instanceof ChannelExec channel) {
                return new RunningCommand(this, channel, what);
            }
            throw new SessionFailed("the session gave no channel");
        } catch (JSchException | IOException e) {
            throw new SessionFailed("the session gave no channel", e);
        }
    }

    void release(boolean reusable) {
        command = null;
        released.accept(this, reusable);
    }

    /** Whether a command can be tried on it. JSch's reader is always listening, and so knows when the host hung up. */
    boolean isUsable() {
        return loggedIn && jsch.isConnected();
    }

    int uses() {
        return uses;
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - madeAt);
    }

    /**
     * Gives the host a sign of life, and cuts a session whose host gives none. Never blocks.
     *
     * <p>The sign is sent from a thread of its own, since the reader may be held up for hours by a client that does not read, and a
     * host that does not read may hold up the sign. A host is asked for an answer only while somebody listens for it.
     */
    void keepalive(Duration interval) {
        if (!isUsable()) {
            return;
        }
        if (socket.isStuck(interval.multipliedBy(MISSED_HALF_KEEPALIVES_MAX).dividedBy(2))) {
            cut();
        } else if (keepaliveRunning.compareAndSet(false, true)) {
            Thread.ofVirtual().name("bridge-heartbeat").start(this::sendKeepalive);
        }
    }

    private void sendKeepalive() {
        try {
            if (socket.isPeerReading()) {
                jsch.sendKeepAliveMsg();
            } else {
                jsch.sendIgnore();
            }
        } catch (Exception _) {
            cut();
        } finally {
            keepaliveRunning.set(false);
        }
    }

    /** Ends the session and what runs on it. Never blocks, also when the host or the client is stuck. */
    void cut() {
        socket.cut();
        var thread = reader;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Waits until the session's thread is gone, as long as it is allowed to. */
    void awaitEnd(Deadline deadline) throws InterruptedException {
        if (reader != null) {
            ended.await(Math.max(0, deadline.nanosLeft()), TimeUnit.NANOSECONDS);
        }
    }

    private Thread readerThread(Runnable reading) {
        var thread = Thread.ofVirtual().unstarted(() -> {
            try {
                reading.run();
            } finally {
                readerEnded();
            }
        });
        reader = thread;
        return thread;
    }

    /** JSch tells a channel that the session ended, but not one that is being opened just then. */
    private void readerEnded() {
        socket.cut();
        ended.countDown();
        var running = command;
        if (running != null) {
            running.lost("the connection to the file server ended");
        }
    }

    FileServerUnavailable unavailable(String why, Throwable cause) {
        return new FileServerUnavailable("file server " + host.name() + " " + why, cause);
    }

    private static String reason(Exception e) {
        return e instanceof JSchHostKeyException
                ? "showed another host key than the pinned one"
                : "cannot be logged in to: " + printable(String.valueOf(e.getMessage()));
    }

    /** What an unknown host said ends up in logs. */
    private static String printable(String text) {
        var plain = text.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() > 200 ? plain.substring(0, 200) + "…" : plain;
    }
}
