package io.gerve.cli.key;

import io.gerve.admin.ChangeRefused;
import io.gerve.cli.KeyAdministration;
import io.gerve.cli.output.Table;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.policy.KeyIssue;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.NewKey;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Keys held against the site's policy. */
public final class KeyPolicyCheck {
    private static final int PAGE = 500;

    static final Table<KeyWithIssue> FINDINGS = Table.<KeyWithIssue>rows()
            .column(
                    "fingerprint",
                    finding -> finding.key().registered().fingerprint().text())
            .column("holder", finding -> KeyAdministration.holder(finding.key()))
            .column("rule", finding -> finding.finding().rule().label())
            .column("says", finding -> finding.finding().message());

    private final KeyAdministration keys;
    private final KeyPolicy policy;
    private final Consumer<String> warnings;

    record KeyWithIssue(RegisteredKeyDetails key, KeyIssue finding) {}

    public KeyPolicyCheck(KeyAdministration keys, KeyPolicy policy, Consumer<String> warnings) {
        this.keys = keys;
        this.policy = policy;
        this.warnings = warnings;
    }

    /** @throws ChangeRefused if the policy refuses the key */
    void check(PublicKey key) throws ChangeRefused {
        Optional<KeyIssue> refusal = policy.refusal(key);
        if (refusal.isPresent()) {
            throw new ChangeRefused(refusal.get().message());
        }
        policy.examine(key).forEach(finding -> warnings.accept("Note: " + finding.message()));
    }

    RegisteredKeyDetails add(NewKey key) throws ChangeRefused, LookupUnavailable {
        check(key.key());
        return keys.add(key);
    }

    /** Everything that is wrong with keys that are registered and not revoked. */
    List<KeyWithIssue> issues(LongConsumer progress) throws LookupUnavailable {
        List<KeyWithIssue> findings = new ArrayList<>();
        long looked = 0;
        long last = 0;
        List<RegisteredKeyDetails> page;
        do {
            page = keys.after(last, PAGE);
            for (RegisteredKeyDetails key : page) {
                last = key.registered().id();
                if (!KeyAdministration.isRevoked(key)) {
                    policy.examine(key.key()).forEach(finding -> findings.add(new KeyWithIssue(key, finding)));
                }
            }
            looked += page.size();
            progress.accept(looked);
        } while (page.size() == PAGE);
        return findings;
    }
}
