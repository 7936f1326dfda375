package io.gerve.login;

import io.gerve.accesslog.RequestDecision;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.request.EndedBy;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * A connection that ended before the client was authenticated.
 *
 * @param at the time at which the connection was made
 * @param user the user name that the client sent, unescaped; empty if it sent none
 * @param keys the keys that the client offered; the key that the reason concerns comes first
 * @param isKeyVerified whether the client proved by a signature that it has one of the keys
 * @param message the message that the client received in addition to the refusal, escaped; empty if none
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

    /** Returns who ended the connection: the client, if the gate neither refused it nor sent it a message. */
    EndedBy endedBy() {
        return switch (reason) {
            case UNFINISHED, KEY_NOT_LOOKED_UP -> message.isEmpty() ? EndedBy.CLIENT : EndedBy.GATE;
            case NO_KEY,
                    KEY_NOT_VERIFIED,
                    KEY_NOT_REGISTERED,
                    USER_UNKNOWN,
                    KEY_UNUSABLE,
                    SIGNATURE_INVALID,
                    KEY_UNKNOWN,
                    NO_COMMON_ALGORITHM,
                    MAX_AUTH_TRIES,
                    CONNECTIONS_PER_ADDRESS_MAX,
                    CONNECTIONS_MAX -> EndedBy.GATE;
        };
    }

    /** Reason of the refusal, from the least to the most specific. If several apply, the most specific is recorded. */
    public enum Reason {
        /** The connection ended before anything was refused: the client left, or was asked to try again later. */
        UNFINISHED,
        /** The client tried to log in and offered no key. */
        NO_KEY,
        /** The client only offered the key and did not prove that it has the private key. */
        KEY_NOT_VERIFIED,
        /** The client only offered the key, and nobody registered it. */
        KEY_NOT_REGISTERED,
        /** The client asked for a user name that the gate does not serve. */
        USER_UNKNOWN,
        /** The gate does not accept this kind of key or this signature algorithm. */
        KEY_UNUSABLE,
        SIGNATURE_INVALID,
        /** The client proved that it has the key, but the connection ended before the key was looked up. */
        KEY_NOT_LOOKED_UP,
        /** The client proved that it has the key, but nobody registered it. */
        KEY_UNKNOWN,
        /**
         * For some kind of algorithm, the client offered none that the gate offers. The message lists what it offered.
         */
        NO_COMMON_ALGORITHM,
        MAX_AUTH_TRIES,
        CONNECTIONS_PER_ADDRESS_MAX,
        CONNECTIONS_MAX;

        /** Returns the name of the rule in the record: {@code key_unknown}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        RequestDecision decision() {
            return switch (this) {
                case UNFINISHED -> RequestDecision.UNFINISHED;
                case KEY_NOT_LOOKED_UP -> RequestDecision.UNAVAILABLE;
                case NO_KEY,
                        KEY_NOT_VERIFIED,
                        KEY_NOT_REGISTERED,
                        USER_UNKNOWN,
                        KEY_UNUSABLE,
                        SIGNATURE_INVALID,
                        KEY_UNKNOWN,
                        NO_COMMON_ALGORITHM -> RequestDecision.DENIED;
                case MAX_AUTH_TRIES, CONNECTIONS_PER_ADDRESS_MAX, CONNECTIONS_MAX -> RequestDecision.LIMITED;
            };
        }
    }
}
