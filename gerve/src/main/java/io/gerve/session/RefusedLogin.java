package io.gerve.session;

import io.gerve.keylookup.key.Fingerprint;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A connection that ended, or was ended, before anybody was logged in on it.
 *
 * @param at when it was made
 * @param user the name that was asked for, as the client sent it; empty if none was
 * @param keys those that were shown, the one that the reason is about first
 * @param told what the client was told beside that it is refused; empty if nothing
 */
public record RefusedLogin(
        Instant at,
        InetAddress address,
        String user,
        List<Fingerprint> keys,
        Reason reason,
        String told,
        Duration took) {
    public RefusedLogin {
        keys = List.copyOf(keys);
    }

    /** Why, the weightiest last. */
    public enum Reason {
        /** The client asked to be let in, and showed no key. */
        NO_KEY,
        /** Whoever it is, they log in by another name. */
        USER_UNKNOWN,
        /** What was shown is no key that the gate takes, or was to sign by an algorithm that it does not take. */
        KEY_UNUSABLE,
        /** Shown only: nothing says that the client has the private key. */
        KEY_NOT_PROVEN,
        SIGNATURE_INVALID,
        /** The client has the key, and nobody registered it. */
        KEY_UNKNOWN,
        AUTH_ATTEMPTS_MAX,
        CONNECTIONS_PER_ADDRESS_MAX,
        CONNECTIONS_MAX;

        /** As the record spells it: {@code key-unknown}. */
        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        String decision() {
            return switch (this) {
                case NO_KEY, USER_UNKNOWN, KEY_UNUSABLE, KEY_NOT_PROVEN, SIGNATURE_INVALID, KEY_UNKNOWN -> "denied";
                case AUTH_ATTEMPTS_MAX, CONNECTIONS_PER_ADDRESS_MAX, CONNECTIONS_MAX -> "limited";
            };
        }
    }
}
