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

/** Check of keys against the site's key policy. */
public final class KeyPolicyCheck {
    private static final int PAGE = 500;

    static final Table<KeyWithIssue> ISSUES = Table.<KeyWithIssue>rows()
            .column("fingerprint", row -> row.key().registered().fingerprint().text())
            .column("principal", row -> KeyAdministration.principal(row.key()))
            .column("issue", row -> row.issue().rule().label())
            .column("description", row -> row.issue().message());

    private final KeyAdministration keys;
    private final KeyPolicy policy;
    private final Consumer<String> warnings;

    record KeyWithIssue(RegisteredKeyDetails key, KeyIssue issue) {}

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
        policy.examine(key).forEach(issue -> warnings.accept("Note: " + issue.message()));
    }

    RegisteredKeyDetails add(NewKey key) throws ChangeRefused, LookupUnavailable {
        check(key.key());
        return keys.add(key);
    }

    /**
     * Returns all issues of keys that are registered and not revoked.
     *
     * @param progress gets the number of keys that have been examined
     */
    List<KeyWithIssue> issues(LongConsumer progress) throws LookupUnavailable {
        List<KeyWithIssue> issues = new ArrayList<>();
        long examined = 0;
        long last = 0;
        List<RegisteredKeyDetails> page;
        do {
            page = keys.after(last, PAGE);
            for (RegisteredKeyDetails key : page) {
                last = key.registered().id();
                if (!KeyAdministration.isRevoked(key)) {
                    policy.examine(key.key()).forEach(issue -> issues.add(new KeyWithIssue(key, issue)));
                }
            }
            examined += page.size();
            progress.accept(examined);
        } while (page.size() == PAGE);
        return issues;
    }
}
