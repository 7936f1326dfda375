package io.gerve.accesslog;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestId;
import io.gerve.push.PushedRefs;
import java.time.Instant;
import java.util.Optional;

/**
 * Record of one request or of one refused login, or of the number of further refusals. A request that runs long has
 * two: a begin record, written while it runs, and an end record, written when it has ended. Absent texts are empty and
 * absent ids are 0, since the ids of rows start at 1. Text that the client chose is truncated and escaped.
 *
 * @param at the time at which the request came in
 */
public record AccessLogRecord(
        RequestId id,
        Instant at,
        ClientFields client,
        RequestFields request,
        DecisionFields decision,
        OutcomeFields outcome,
        PushedRefs refs) {
    /** Returns whether this is a begin record: the request was still running when the record was written. */
    public boolean isBegin() {
        return outcome.endedBy().equals(OutcomeFields.UNKNOWN);
    }

    /**
     * @param frontend {@code ssh} or {@code openssh}
     * @param key the fingerprint of the client's key; empty if the client offered none
     * @param accountId 0 for a deploy key, for an unregistered key and for a refused login
     * @param principal the account's login, or the deploy key's repository, at the time of the request
     */
    public record ClientFields(
            String frontend, String address, String key, long keyId, long accountId, String principal) {
        public ClientFields {
            if (!key.isEmpty() && Fingerprint.parse(key).isEmpty()) {
                throw new IllegalArgumentException("not an OpenSSH SHA256 fingerprint: " + key);
            }
        }

        /** Returns the fingerprint of the client's key, or empty if the client offered none. */
        public Optional<Fingerprint> fingerprint() {
            return Fingerprint.parse(key);
        }
    }

    /**
     * @param command git's program, {@code whoami}, {@code explain} or {@code login}; empty for a shell and for any
     *     other command
     * @param repository the current name of the repository that was found, else the name that the client asked for
     * @param execLine the command line that the client sent; for a refused login, its user name and further keys; for
     *     further refusals, their number
     */
    public record RequestFields(String command, String repository, String execLine) {
        /** The command of a refused login. */
        public static final String LOGIN = "login";
    }

    /**
     * @param decision allowed, denied, greeted, answered, limited, unavailable, failed or, for a login, unfinished
     * @param rule the rule that decided
     * @param message the last message that the client received, without the request's id
     */
    public record DecisionFields(
            RequestDecision decision, String rule, long repositoryId, String server, String host, String message) {}

    /**
     * @param exitStatus the exit status, or the signal without {@code SIG}; empty if the gate did not learn it
     * @param endedBy {@code client}, {@code command}, {@code file_server} or {@code gate}; {@link #DELEGATED} if
     *     another program ran the command; {@link #UNKNOWN} if the request was still running
     */
    public record OutcomeFields(long bytesIn, long bytesOut, long durationMillis, String exitStatus, String endedBy) {
        public static final String DELEGATED = "delegated";
        public static final String UNKNOWN = "unknown";

        /**
         * Returns whether the gate saw the request end. If not, the byte counts and the exit status are meaningless,
         * and the duration is the time until the record was written.
         */
        public boolean isKnown() {
            return !endedBy.equals(DELEGATED) && !endedBy.equals(UNKNOWN);
        }
    }
}
