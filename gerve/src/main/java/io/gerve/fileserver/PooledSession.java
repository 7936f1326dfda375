package io.gerve.fileserver;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
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
 * SSH session to a host, for one command at a time: the single reader thread of JSch stops for the whole session while
 * the output of a command is not read. Only the thread that borrowed the session uses it; any thread may cut it or send
 * a keepalive.
 */
final class PooledSession {
    /**
     * Limit of blocked reads and writes, in half keepalive intervals. A host that sent and read nothing for two and a
     * half intervals is gone: a live host replies to each keepalive at once and always reads.
     */
    private static final int HALF_KEEPALIVE_INTERVALS_MAX = 5;

    private final FileServerHost host;
    private final Session jsch;
    private final GateIdentity identity;
    private final SessionSocket socket;
    private final BiConsumer<PooledSession, Boolean> released;
    private final long createdAt = System.nanoTime();
    private final AtomicBoolean keepaliveRunning = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean loggedIn;
    private volatile @Nullable Thread reader;
    private volatile @Nullable RunningCommand command;
    private int uses;

    /** @param released called when a command has released the session, with whether the session may be reused */
    PooledSession(
            FileServerHost host,
            Session jsch,
            GateIdentity identity,
            SessionSocket socket,
            BiConsumer<PooledSession, Boolean> released) {
        this.host = host;
        this.jsch = jsch;
        this.identity = identity;
        this.socket = socket;
        this.released = released;
        jsch.setSocketFactory(socket);
        jsch.setThreadFactory(this::readerThread);
    }

    /** Connects and logs in. A malformed message of a host may cause any RuntimeException in JSch. */
    void logIn(Deadline deadline) throws FileServerUnavailable {
        try (var watchdog = new Watchdog(deadline.left(), socket::cut)) {
            try {
                jsch.connect(Math.toIntExact(Math.max(1, deadline.left().toMillis())));
                loggedIn = true;
            } catch (JSchException | RuntimeException e) {
                throw unavailable(
                        watchdog.hasFired() ? "did not answer in time" : LoginFailure.explain(e, jsch, identity), e);
            }
        }
    }

    /**
     * Starts a command and returns when the host accepted it.
     *
     * @throws SessionFailed if the command did not run; the session must be evicted
     */
    RemoteCommand start(CommandRequest request, Deadline deadline) throws SessionFailed, InterruptedException {
        uses++;
        var next = channelFor(request);
        command = next;
        if (ended.getCount() == 0) {
            throw new SessionFailed("the session has ended");
        }
        next.start(request, deadline);
        return next;
    }

    private RunningCommand channelFor(CommandRequest request) throws SessionFailed {
        try {
            if (jsch.openChannel("exec") instanceof ChannelExec channel) {
                return new RunningCommand(this, channel, request);
            }
            throw new SessionFailed("the session opened no channel");
        } catch (JSchException | IOException e) {
            throw new SessionFailed("the session opened no channel", e);
        }
    }

    void release(boolean reusable) {
        command = null;
        released.accept(this, reusable);
    }

    /** Returns whether a command can be tried. The reader of JSch always reads, and so notices a closed connection. */
    boolean isUsable() {
        return loggedIn && jsch.isConnected();
    }

    /** Returns whether the session has logged in, even if it has ended since. */
    boolean isLoggedIn() {
        return loggedIn;
    }

    int uses() {
        return uses;
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - createdAt);
    }

    /**
     * Sends a keepalive, or cuts the session if the host does not respond. Never blocks.
     *
     * <p>A separate thread sends the keepalive: a client that does not read may block the reader thread for hours, and
     * a host that does not read may block the write. A reply is requested only while the reader thread is reading.
     */
    void keepalive(Duration interval) {
        if (!isUsable()) {
            return;
        }
        if (socket.isStuck(interval.multipliedBy(HALF_KEEPALIVE_INTERVALS_MAX).dividedBy(2))) {
            cut();
        } else if (keepaliveRunning.compareAndSet(false, true)) {
            Thread.ofVirtual().name("file-server-pool-keepalive").start(this::sendKeepalive);
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

    /** Ends the session and its command. Never blocks, even if the host or the client is stuck. */
    void cut() {
        socket.cut();
        var thread = reader;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Waits until the thread of the session has ended, up to the deadline. */
    void awaitEnd(Deadline deadline) throws InterruptedException {
        if (reader != null) {
            ended.await(Math.max(0, deadline.nanosLeft()), TimeUnit.NANOSECONDS);
        }
    }

    private Thread readerThread(Runnable readLoop) {
        var thread = Thread.ofVirtual().unstarted(() -> {
            try {
                readLoop.run();
            } finally {
                readerEnded();
            }
        });
        reader = thread;
        return thread;
    }

    /**
     * Ends the command. JSch notifies a channel of the end of its session, but not a channel that is just being opened.
     */
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
}
