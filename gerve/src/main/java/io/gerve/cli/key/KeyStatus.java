package io.gerve.cli.key;

import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import java.time.Instant;

/** Whether a registered key authenticates its owner. */
public enum KeyStatus {
    VALID,
    EXPIRED,
    REVOKED;

    public static KeyStatus of(RegisteredKeyDetails key, Instant now) {
        return switch (key.registered().validity()) {
            case KeyValidity.Revoked _ -> REVOKED;
            case KeyValidity.ValidUntil(Instant end) -> end.isAfter(now) ? VALID : EXPIRED;
        };
    }
}
