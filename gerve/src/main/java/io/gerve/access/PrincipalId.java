package io.gerve.access;

import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;

/** Identity under which rights are looked up. */
public sealed interface PrincipalId {
    /** @param id id of the account */
    record OfAccount(long id) implements PrincipalId {}

    /** @param id id of the key: a deploy key acts for itself, not for an account */
    record OfDeployKey(long id) implements PrincipalId {}

    static PrincipalId of(RegisteredKey key) {
        return switch (key.principal()) {
            case Principal.OfAccount(var account) -> new OfAccount(account.id());
            case Principal.OfDeployKey _ -> new OfDeployKey(key.id());
        };
    }
}
