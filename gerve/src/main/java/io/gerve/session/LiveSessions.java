package io.gerve.session;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.request.LiveSession;
import io.gerve.request.RequestAuthorizer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registry of the running git commands. It authorizes a command again after each invalidation that affects the command,
 * when the command's key expires, and at an interval. It ends a command whose key, account or right was revoked. The
 * interval limits how long a command continues after a revocation that no message announced, for example while Redis is
 * down. Safe for use by many threads.
 *
 * <p>A message needs no proof, so whoever can write to Redis could send many. Therefore few commands are authorized at a
 * time, and all together at most {@value #PER_SECOND_MAX} a second, as long as each has its turn within half the
 * interval. A key that expires ends its command without a turn.
 */
public final class LiveSessions {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSessions.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    /** Least pause between two authorizations of one command. */
    private static final Duration PAUSE_MIN = Duration.ofMillis(500);

    private static final int PER_SECOND_MAX = 100;
    private static final int AT_A_TIME = 4;

    private final RequestAuthorizer authorizer;
    private final Map<LiveSession, Rechecks> running = new ConcurrentHashMap<>();

    /** One permit for each authorization that runs. New requests have the other connections to the database. */
    private final Semaphore turns = new Semaphore(AT_A_TIME, true);

    private final AtomicLong invalidationCount = new AtomicLong();
    private final ScheduledThreadPoolExecutor timer;
    private final Duration interval;
    private final InstantSource clock;

    /**
     * @param invalidations bus to which the caches of the authorizer already listen, so that they are invalidated
     *     before the authorizer is called
     * @param interval time between two authorizations of a running command; positive
     */
    public LiveSessions(
            InvalidationBus invalidations, RequestAuthorizer authorizer, Duration interval, InstantSource clock) {
        this.authorizer = authorizer;
        this.interval = interval;
        this.clock = clock;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("session-recheck-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        invalidations.listen(this::invalidate);
    }

    /**
     * Returns the number of invalidations so far. Must be read before a request is authorized, and passed to {@link
     * #add}.
     */
    long invalidationCount() {
        return invalidationCount.get();
    }

    /**
     * Adds a running command.
     *
     * @param invalidationsBefore count before the authorization; if it has changed since, the authorization may rest on
     *     stale data and is repeated
     */
    void add(LiveSession session, long invalidationsBefore) {
        var rechecks = new Rechecks(session);
        running.put(session, rechecks);
        if (invalidationCount.get() != invalidationsBefore) {
            rechecks.request();
        }
    }

    void remove(LiveSession session) {
        Rechecks rechecks = running.remove(session);
        if (rechecks != null) {
            rechecks.stop();
        }
    }

    private void invalidate(Invalidation invalidation) {
        invalidationCount.incrementAndGet();
        running.forEach((session, rechecks) -> {
            if (session.isAffectedBy(invalidation)) {
                rechecks.request();
            }
        });
    }

    private Duration pause() {
        Duration share = Duration.ofSeconds(1).multipliedBy(running.size()).dividedBy(PER_SECOND_MAX);
        Duration longest = interval.dividedBy(2);
        Duration shared = share.compareTo(longest) < 0 ? share : longest;
        return shared.compareTo(PAUSE_MIN) > 0 ? shared : PAUSE_MIN;
    }

    /**
     * The authorizations of one running command. One runs at a time, with a pause before the next, however many are
     * requested.
     */
    private final class Rechecks {
        private final LiveSession session;
        private final AtomicInteger requested = new AtomicInteger();
        private final Future<?> atInterval;
        private final Future<?> atExpiry;

        Rechecks(LiveSession session) {
            this.session = session;
            this.atInterval = timer.scheduleWithFixedDelay(
                    this::request, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
            this.atExpiry = timer.schedule(
                    () -> Thread.ofVirtual().name("session-expiry").start(this::endIfExpired),
                    session.untilExpiry(clock.instant()).toMillis() + 1,
                    TimeUnit.MILLISECONDS);
        }

        private void endIfExpired() {
            authorizer.expiry(session).ifPresent(session.end());
        }

        void stop() {
            atInterval.cancel(false);
            atExpiry.cancel(false);
        }

        void request() {
            if (requested.getAndIncrement() == 0) {
                Thread.ofVirtual().name("session-recheck").start(this::run);
            }
        }

        private void run() {
            boolean isDone = false;
            try {
                int answered;
                do {
                    answered = requested.get();
                    recheck();
                    Thread.sleep(pause());
                } while (!requested.compareAndSet(answered, 0));
                isDone = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                if (!isDone) {
                    // A later message or the interval starts another thread.
                    requested.set(0);
                }
            }
        }

        /**
         * Repeats the authorization until a look-up succeeds: an invalidation must not be lost because the database is
         * unavailable.
         */
        private void recheck() throws InterruptedException {
            try {
                while (running.containsKey(session)) {
                    try {
                        recheckInTurn();
                        return;
                    } catch (LookupUnavailable e) {
                        LOG.debug("re-authorization of a running command failed, will retry", e);
                        Thread.sleep(RETRY_AFTER);
                    }
                }
            } catch (RuntimeException bug) {
                LOG.error("Re-authorization of a running command failed with an internal error", bug);
            }
        }

        private void recheckInTurn() throws LookupUnavailable, InterruptedException {
            turns.acquire();
            try {
                authorizer.recheck(session).ifPresent(session.end());
            } finally {
                turns.release();
            }
        }
    }
}
