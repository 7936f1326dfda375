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

/** The gate, asked about findings that an audit has at hand. */
public final class SnapshotGate {
    private final InstantSource time;

    public SnapshotGate(InstantSource time) {
        this.time = time;
    }

    public Decision decide(RegisteredKey key, AccessFacts.Known findings, GitService service) throws LookupUnavailable {
        var gate = new AccessGate((_, _) -> CachedResult.fresh(findings), time);
        return gate.decide(
                CachedResult.fresh(key),
                new GitCommand(service, findings.repository().name()));
    }
}
