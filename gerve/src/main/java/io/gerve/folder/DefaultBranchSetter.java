package io.gerve.folder;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.fileserver.FileServers;
import io.gerve.program.RequestId;
import io.gerve.request.AuthorizationResult.Authorized;
import io.gerve.routing.FileServerHost;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Setter of the default branch after the first push to a repository: HEAD then names a branch that exists, so that a
 * clone checks it out. Safe for use by many threads.
 */
public final class DefaultBranchSetter {
    private static final Logger LOG = LoggerFactory.getLogger(DefaultBranchSetter.class);
    /** Time for which the client of a first push waits at most. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final int BACKGROUND_MAX = 16;
    private static final int REMEMBERED_MAX = 10_000;

    private final RepositoryFolderCommand command;
    private final Semaphore background = new Semaphore(BACKGROUND_MAX);
    private final Cache<Long, Boolean> withBranch = Caffeine.newBuilder()
            .maximumSize(REMEMBERED_MAX)
            .executor(Runnable::run)
            .build();

    public DefaultBranchSetter(FileServers fileServers) {
        this.command = new RepositoryFolderCommand(fileServers, TIMEOUT);
    }

    /**
     * Sets the default branch of a repository unless it has one that exists. Does not throw: the push succeeded, and a
     * failure is logged.
     */
    public void afterFirstPush(Authorized push, RequestId id) {
        for (FileServerHost host : push.hosts()) {
            set(host, push, id);
        }
    }

    /**
     * Sets the default branch in the background, after a push of which it is unknown whether it was the first. Of a
     * repository that is known to have its default branch, the file server is not asked again. While {@value
     * #BACKGROUND_MAX} file servers are being asked, the next push to the repository is used instead.
     */
    public void afterPush(Authorized push, RequestId id) {
        if (hasBranch(push) || !background.tryAcquire()) {
            return;
        }
        Thread.ofVirtual().name("default-branch-" + id).start(() -> {
            try {
                afterFirstPush(push, id);
            } finally {
                background.release();
            }
        });
    }

    private void set(FileServerHost host, Authorized push, RequestId id) {
        try {
            var details = command.run(host, "follow-head '" + push.path().text() + "'")
                    .orThrow();
            if (!details.defaultBranch().isEmpty()) {
                remember(push);
            }
        } catch (ChangeRefused | DependencyUnavailable e) {
            LOG.atWarn()
                    .addKeyValue("request_id", id)
                    .addKeyValue("repository", push.allowed().repository().name())
                    .addKeyValue("host", host.name())
                    .addKeyValue("cause", e.getMessage())
                    .log("Default branch not set after a push");
        }
    }

    private boolean hasBranch(Authorized push) {
        return withBranch.getIfPresent(push.allowed().repository().id()) != null;
    }

    private void remember(Authorized push) {
        withBranch.put(push.allowed().repository().id(), true);
    }
}
