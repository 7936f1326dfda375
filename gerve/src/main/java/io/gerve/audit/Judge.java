package io.gerve.audit;

import io.gerve.access.AccessGate;
import io.gerve.access.Decision;
import io.gerve.access.Findings;
import io.gerve.git.GitCommand;
import io.gerve.git.Service;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.lookup.Answer;
import io.gerve.lookup.LookupUnavailable;
import java.time.InstantSource;

/** The gate, asked about findings that an audit has at hand. */
final class Judge {
    private final InstantSource time;

    Judge(InstantSource time) {
        this.time = time;
    }

    Decision decide(KnownKey key, Findings.Known findings, Service service) throws LookupUnavailable {
        var gate = new AccessGate((_, _) -> Answer.current(findings), time);
        return gate.decide(
                Answer.current(key),
                new GitCommand(service, findings.repository().name()));
    }
}
