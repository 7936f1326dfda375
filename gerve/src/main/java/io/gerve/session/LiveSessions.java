package io.gerve.session;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.request.ClientMessage;
import io.gerve.request.LiveSession;
import io.gerve.request.RequestAuthorizer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registry of the running git commands. A command is authorized again after each invalidation that affects it, when its
 * key expires, and at an interval; it is ended if its key, account or right was revoked. The interval bounds a revocation
 * that no message announced, as when Redis is down. Safe for use by many threads.
 */
public final class LiveSessions {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSessions.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final RequestAuthorizer authorizer;
    /** The running commands, each with its next periodic authorization. */
    private final Map<LiveSession, Future<?>> running = new ConcurrentHashMap<>();

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
        running.put(session, scheduledRecheck(session));
        if (invalidationCount.get() != invalidationsBefore) {
            startRecheck(session);
        }
    }

    void remove(LiveSession session) {
        Future<?> recheck = running.remove(session);
        if (recheck != null) {
            recheck.cancel(false);
        }
    }

    private void invalidate(Invalidation invalidation) {
        invalidationCount.incrementAndGet();
        for (LiveSession session : running.keySet()) {
            if (session.isAffectedBy(invalidation)) {
                startRecheck(session);
            }
        }
    }

    private void startRecheck(LiveSession session) {
        Thread.ofVirtual().name("session-recheck").start(() -> recheck(session));
    }

    private Future<?> scheduledRecheck(LiveSession session) {
        Duration untilExpiry = session.untilExpiry(clock.instant());
        Duration delay = untilExpiry.compareTo(interval) < 0 ? untilExpiry : interval;
        return timer.schedule(() -> startPeriodicRecheck(session), delay.toMillis() + 1, TimeUnit.MILLISECONDS);
    }

    private void startPeriodicRecheck(LiveSession session) {
        Thread.ofVirtual().name("session-recheck").start(() -> {
            recheck(session);
            running.computeIfPresent(session, (_, _) -> scheduledRecheck(session));
        });
    }

    /**
     * Repeats the authorization until a look-up succeeds: an invalidation must not be lost because the database is
     * unavailable.
     */
    private void recheck(LiveSession session) {
        try {
            while (running.containsKey(session)) {
                try {
                    Optional<ClientMessage> refusal = authorizer.recheck(session);
                    refusal.ifPresent(session.end());
                    return;
                } catch (LookupUnavailable e) {
                    LOG.debug("re-authorization of a running command failed, will retry", e);
                    Thread.sleep(RETRY_AFTER);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
