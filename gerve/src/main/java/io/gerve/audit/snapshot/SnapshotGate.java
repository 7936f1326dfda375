package io.gerve.audit.snapshot;

import io.gerve.access.AccessFacts;
import io.gerve.access.AccessGate;
import io.gerve.access.Decision;
import io.gerve.git.GitCommand;
import io.gerve.git.GitService;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import java.time.InstantSource;

/** The gate's decision on access facts that an audit has already read. */
public final class SnapshotGate {
    private final InstantSource clock;

    public SnapshotGate(InstantSource clock) {
        this.clock = clock;
    }

    public Decision decide(RegisteredKey key, AccessFacts.Known facts, GitService service) throws LookupUnavailable {
        var gate = new AccessGate((_, _) -> CachedResult.fresh(facts), clock);
        return gate.decide(
                CachedResult.fresh(key),
                new GitCommand(service, facts.repository().name()));
    }
}
