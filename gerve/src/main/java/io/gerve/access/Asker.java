package io.gerve.access;

import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;

/** On whose behalf a right is looked up. */
public sealed interface Asker {
    /** @param id the account's */
    record OfAccount(long id) implements Asker {}

    /** @param id the key's: a deploy key stands for nobody but itself */
    record OfDeployKey(long id) implements Asker {}

    static Asker of(KnownKey key) {
        return switch (key.holder()) {
            case KeyHolder.OfAccount(var account) -> new OfAccount(account.id());
            case KeyHolder.Deploy _ -> new OfDeployKey(key.id());
        };
    }
}
