package io.gerve.login;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.request.EndedBy;
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
 * @param isKeyVerified whether the client proved to have one of them
 * @param message what the client was told beside that it is refused; empty if nothing
 */
public record RefusedLogin(
        Instant at,
        InetAddress address,
        String user,
        List<Fingerprint> keys,
        Reason reason,
        boolean isKeyVerified,
        String message,
        Duration duration) {
    public RefusedLogin {
        keys = List.copyOf(keys);
    }

    /** Who was neither refused nor told anything left by themselves. */
    EndedBy endedBy() {
        return switch (reason) {
            case UNFINISHED, KEY_NOT_LOOKED_UP -> message.isEmpty() ? EndedBy.CLIENT : EndedBy.GATE;
            case NO_KEY,
                    KEY_NOT_VERIFIED,
                    USER_UNKNOWN,
                    KEY_UNUSABLE,
                    SIGNATURE_INVALID,
                    KEY_UNKNOWN,
                    MAX_AUTH_TRIES,
                    CONNECTIONS_PER_ADDRESS_MAX,
                    CONNECTIONS_MAX -> EndedBy.GATE;
        };
    }

    /** Why, the weightiest last: what was refused outweighs what was only shown. */
    public enum Reason {
        /** The connection ended before anything was refused: the client left, or was told to come again. */
        UNFINISHED,
        /** The client asked to be let in, and showed no key. */
        NO_KEY,
        /** Shown only: nothing says that the client has the private key. */
        KEY_NOT_VERIFIED,
        /** Whoever it is, they log in by another name. */
        USER_UNKNOWN,
        /** What was shown is no key that the gate takes, or was to sign by an algorithm that it does not take. */
        KEY_UNUSABLE,
        SIGNATURE_INVALID,
        /** The client has the key, and the connection ended before it could be found out whether anybody registered it. */
        KEY_NOT_LOOKED_UP,
        /** The client has the key, and nobody registered it. */
        KEY_UNKNOWN,
        MAX_AUTH_TRIES,
        CONNECTIONS_PER_ADDRESS_MAX,
        CONNECTIONS_MAX;

        /** As the record spells it: {@code key-unknown}. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        String decision() {
            return switch (this) {
                case UNFINISHED -> "unfinished";
                case KEY_NOT_LOOKED_UP -> "unavailable";
                case NO_KEY, KEY_NOT_VERIFIED, USER_UNKNOWN, KEY_UNUSABLE, SIGNATURE_INVALID, KEY_UNKNOWN -> "denied";
                case MAX_AUTH_TRIES, CONNECTIONS_PER_ADDRESS_MAX, CONNECTIONS_MAX -> "limited";
            };
        }
    }
}
