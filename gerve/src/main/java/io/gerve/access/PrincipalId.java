package io.gerve.access;

import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;

/** On whose behalf a right is looked up. */
public sealed interface PrincipalId {
    /** @param id the account's */
    record OfAccount(long id) implements PrincipalId {}

    /** @param id the key's: a deploy key stands for nobody but itself */
    record OfDeployKey(long id) implements PrincipalId {}

    static PrincipalId of(RegisteredKey key) {
        return switch (key.principal()) {
            case Principal.OfAccount(var account) -> new OfAccount(account.id());
            case Principal.OfDeployKey _ -> new OfDeployKey(key.id());
        };
    }
}
