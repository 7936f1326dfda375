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
 * The git commands that run now. One whose key, account or right is taken away is ended: when a change is heard, what was admitted is
 * decided again. Safe for use by many threads.
 */
public final class LiveSessions {
    private static final Logger LOG = LoggerFactory.getLogger(LiveSessions.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final RequestAuthorizer authorizer;
    private final Set<LiveSession> running = ConcurrentHashMap.newKeySet();
    private final AtomicLong invalidationCount = new AtomicLong();

    /** @param changes to which the caches behind the admission already listen, so that they forget before this asks */
    public LiveSessions(InvalidationBus changes, RequestAuthorizer admission) {
        this.authorizer = admission;
        changes.listen(this::invalidate);
    }

    /** How many changes were heard so far: to be asked before a request is admitted, and given to {@link #add}. */
    long invalidationCount() {
        return invalidationCount.get();
    }

    /** @param changesHeardBefore if one was heard since, the session may rest on what is no longer so, and is decided again */
    void add(LiveSession session, long changesHeardBefore) {
        running.add(session);
        if (invalidationCount.get() != changesHeardBefore) {
            startRecheck(session);
        }
    }

    void remove(LiveSession session) {
        running.remove(session);
    }

    private void invalidate(Invalidation change) {
        invalidationCount.incrementAndGet();
        for (LiveSession session : running) {
            if (session.isAffectedBy(change)) {
                startRecheck(session);
            }
        }
    }

    private void startRecheck(LiveSession session) {
        Thread.ofVirtual().name("recheck").start(() -> recheck(session));
    }

    /** Goes on until it knows: a change that was heard must not be lost to a database that does not answer just then. */
    private void recheck(LiveSession session) {
        try {
            while (running.contains(session)) {
                try {
                    Optional<ClientMessage> refusal = authorizer.recheck(session);
                    refusal.ifPresent(session.end());
                    return;
                } catch (LookupUnavailable e) {
                    LOG.debug("asked again about a running command, without an answer", e);
                    Thread.sleep(RETRY_AFTER);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
