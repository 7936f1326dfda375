package io.gerve.ssh.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TransferQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that serve connections: at most 64 platform threads, each of which stays with one connection while that has something to say,
 * and virtual threads for what comes when all of those are taken. So a connection never waits for a thread, however many others wait for
 * a look-up. Safe for use by many threads.
 */
final class Workers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final int PLATFORM_THREADS_MAX = 64;

    /** A conversation rarely pauses for longer, and a worker that stays saves two changes of threads. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    /** As long as a client on the same continent takes to answer: workers are scarce when more than half of them are taken. */
    private static final Duration SHORT_LINGER = Duration.ofMillis(10);

    /** More than one, since a thread with a turn may wait for a lock or for memory. */
    private static final int READS_PER_PROCESSOR = 2;

    private static final FairQueue.Rate UNLIMITED = new FairQueue.Rate(Integer.MAX_VALUE, Duration.ofMillis(1));

    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);

    private final TransferQueue<SelectorSession> toServe = new LinkedTransferQueue<>();
    private final FairQueue unauthenticatedReads =
            new FairQueue(READS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors(), UNLIMITED);
    private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final ThreadFactory threads;
    private final Poller poller;
    private volatile boolean isClosed;

    Workers() throws IOException {
        this(Thread.ofPlatform().name("gerve-ssh-worker").daemon().factory());
    }

    /** @param threads makes the platform threads */
    Workers(ThreadFactory threads) throws IOException {
        this.threads = threads;
        this.poller = new Poller(this::ready);
    }

    private void ready(SelectorSession session, int operations) {
        if ((operations & SelectionKey.OP_WRITE) != 0) {
            execute(session::drain);
        }
        if ((operations & SelectionKey.OP_READ) != 0) {
            serve(session);
        }
    }

    /** Has the session read by a thread at once, until it has nothing more to say. Does not block. */
    void serve(SelectorSession session) {
        if (!toServe.tryTransfer(session) && !startWorker(session)) {
            execute(() -> serveWithoutWorker(session));
        }
    }

    /** Runs the task on a thread of its own at once. Does not block. */
    void execute(Runnable task) {
        Thread.ofVirtual().name("gerve-ssh-io").start(task);
    }

    /** Has the session wait in the poller for one of the operations. */
    void park(SelectorSession session, int operations) {
        poller.watch(session, operations);
    }

    /** Frees what is left of a session whose channel is closed. */
    void forget(SelectorSession session) {
        poller.forget(session.channel());
    }

    private boolean startWorker(SelectorSession first) {
        if (started.incrementAndGet() > PLATFORM_THREADS_MAX || isClosed) {
            started.decrementAndGet();
            return false;
        }
        try {
            Worker worker = new Worker(this, threads, first);
            worker.start();
            workers.add(worker);
            return true;
        } catch (Throwable e) {
            started.decrementAndGet();
            LOG.warn("Cannot start a thread for connections, using virtual threads", e);
            return false;
        }
    }

    /** Reads once. No thread stays: whatever the client says next is reported by the poller. */
    private void serveWithoutWorker(SelectorSession session) {
        if (session.begin() != SelectorSession.Reading.ENDED
                && session.read(() -> ByteBuffer.allocate(session.readMax())) != SelectorSession.Reading.ENDED) {
            park(session, SelectionKey.OP_READ);
        }
    }

    /** Returns the next session for a worker, or null if there was none for a while or the transport is closed. */
    @Nullable
    SelectorSession next() throws InterruptedException {
        return isClosed ? null : toServe.poll(IDLE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Turns to read clients that have not authenticated. In a flood of them thousands of threads would run at once, and
     * each step of an honest login would wait behind all.
     */
    FairQueue unauthenticatedReads() {
        return unauthenticatedReads;
    }

    void began() {
        busy.incrementAndGet();
    }

    void ended() {
        busy.decrementAndGet();
    }

    void stopped(Worker worker) {
        workers.remove(worker);
        started.decrementAndGet();
    }

    Duration linger() {
        return busy.get() > PLATFORM_THREADS_MAX / 2 ? SHORT_LINGER : LINGER;
    }

    /** Ends the threads. The connections must be closed. */
    @Override
    public void close() {
        isClosed = true;
        workers.forEach(Worker::interrupt);
        poller.close();
    }
}
