package io.gerve.cli;

import io.gerve.keylookup.key.KeyFinding;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.NewKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.registry.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Keys held against the site's policy. */
final class CheckedKeys {
    private static final int PAGE = 500;

    static final Table<Finding> FINDINGS = Table.<Finding>rows()
            .column(
                    "fingerprint",
                    finding -> finding.key().known().fingerprint().text())
            .column("holder", finding -> Keys.holder(finding.key()))
            .column("rule", finding -> finding.finding().rule().word())
            .column("says", finding -> finding.finding().sentence());

    private final Keys keys;
    private final KeyPolicy policy;
    private final Consumer<String> warnings;

    record Finding(RegisteredKey key, KeyFinding finding) {}

    CheckedKeys(Keys keys, KeyPolicy policy, Consumer<String> warnings) {
        this.keys = keys;
        this.policy = policy;
        this.warnings = warnings;
    }

    /** @throws Refused if the policy refuses the key */
    void check(PublicKey key) throws Refused {
        Optional<KeyFinding> refusal = policy.refusal(key);
        if (refusal.isPresent()) {
            throw new Refused(refusal.get().sentence());
        }
        policy.examine(key).forEach(finding -> warnings.accept("Note: " + finding.sentence()));
    }

    RegisteredKey add(NewKey key) throws Refused, LookupUnavailable {
        check(key.key());
        return keys.add(key);
    }

    /** Everything that is wrong with keys that are registered and not revoked. */
    List<Finding> findings(LongConsumer progress) throws LookupUnavailable {
        List<Finding> findings = new ArrayList<>();
        long looked = 0;
        long last = 0;
        List<RegisteredKey> page;
        do {
            page = keys.after(last, PAGE);
            for (RegisteredKey key : page) {
                last = key.known().id();
                if (!Keys.isRevoked(key)) {
                    policy.examine(key.key()).forEach(finding -> findings.add(new Finding(key, finding)));
                }
            }
            looked += page.size();
            progress.accept(looked);
        } while (page.size() == PAGE);
        return findings;
    }
}
