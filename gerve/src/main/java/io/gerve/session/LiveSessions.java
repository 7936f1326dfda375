package io.gerve.session;

import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.request.ClientMessage;
import io.gerve.request.LiveSession;
import io.gerve.request.RequestAuthorizer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registry of the running git commands. After each invalidation the affected commands are authorized again; a command
 * whose key, account or right was revoked is ended. Safe for use by many threads.
 */
public final class LiveSessions {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSessions.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final RequestAuthorizer authorizer;
    private final Set<LiveSession> running = ConcurrentHashMap.newKeySet();
    private final AtomicLong invalidationCount = new AtomicLong();

    /**
     * @param invalidations bus to which the caches of the authorizer already listen, so that they are invalidated
     *     before the authorizer is called
     */
    public LiveSessions(InvalidationBus invalidations, RequestAuthorizer authorizer) {
        this.authorizer = authorizer;
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
        running.add(session);
        if (invalidationCount.get() != invalidationsBefore) {
            startRecheck(session);
        }
    }

    void remove(LiveSession session) {
        running.remove(session);
    }

    private void invalidate(Invalidation invalidation) {
        invalidationCount.incrementAndGet();
        for (LiveSession session : running) {
            if (session.isAffectedBy(invalidation)) {
                startRecheck(session);
            }
        }
    }

    private void startRecheck(LiveSession session) {
        Thread.ofVirtual().name("session-recheck").start(() -> recheck(session));
    }

    /**
     * Repeats the authorization until a look-up succeeds: an invalidation must not be lost because the database is
     * unavailable.
     */
    private void recheck(LiveSession session) {
        try {
            while (running.contains(session)) {
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
