package io.gerve.audit;

import io.gerve.access.AccessGate;
import io.gerve.access.Decision;
import io.gerve.access.Findings;
import io.gerve.git.GitCommand;
import io.gerve.git.Service;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Md5Tail;
import io.gerve.keylookup.key.Validity;
import io.gerve.lookup.Answer;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.time.InstantSource;

/** The gate, asked about findings that an audit has at hand. */
final class Judge {
    private static final Fingerprint OF_NO_KEY = Fingerprint.ofDigest(new byte[32]);

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

    /** A key of the account against which there is nothing to say. */
    static KnownKey soundKeyOf(Account account) {
        return new KnownKey(
                0,
                OF_NO_KEY,
                new Md5Tail(0, (short) 0),
                "",
                new Validity.Until(Instant.MAX),
                new KeyHolder.OfAccount(account));
    }
}
