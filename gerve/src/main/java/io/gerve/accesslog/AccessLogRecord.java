package io.gerve.accesslog;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestId;
import io.gerve.push.PushedRefs;
import java.time.Instant;
import java.util.Optional;

/**
 * The outcome of one request, or of a refused login. A request that runs long has two records: its begin, written while
 * it runs, and its end. Absent texts are empty and absent ids are 0, since the ids of rows start at 1. Text that the
 * client chose is truncated and escaped.
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
    /** Returns whether the request was still running when this was written. Its end has a record of its own. */
    public boolean isBegin() {
        return outcome.endedBy().equals(OutcomeFields.UNKNOWN);
    }

    /**
     * @param frontend {@code ssh} or {@code agent}
     * @param key the fingerprint of the client's key; empty if the client showed none
     * @param accountId 0 for a deploy key and for an unregistered key
     * @param principal the account's login, or the deploy key's repository, at the time of the request
     */
    public record ClientFields(
            String frontend, String address, String key, long keyId, long accountId, String principal) {
        public ClientFields {
            if (!key.isEmpty() && Fingerprint.parse(key).isEmpty()) {
                throw new IllegalArgumentException("not an OpenSSH SHA256 fingerprint: " + key);
            }
        }

        /** Returns the fingerprint of the client's key, or empty if the client showed none. */
        public Optional<Fingerprint> fingerprint() {
            return Fingerprint.parse(key);
        }
    }

    /**
     * @param command git's program, {@code whoami}, {@code explain} or {@code login}; empty for a shell and for any
     *     other command
     * @param repository the current name of the repository that was found, else the name that the client asked for
     * @param execLine the command line that the client sent
     */
    public record RequestFields(String command, String repository, String execLine) {
        /** The command of a login that failed. */
        public static final String LOGIN = "login";
    }

    /**
     * @param decision allowed, denied, greeted, answered, limited, unavailable, failed or, of logins, unfinished
     * @param rule the rule that decided
     * @param message the last message that the client received, without the request's id
     */
    public record DecisionFields(
            RequestDecision decision, String rule, long repositoryId, String server, String host, String message) {}

    /**
     * @param exitStatus the exit status, or the signal without {@code SIG}; empty if the gate did not learn it
     * @param endedBy {@code client}, {@code command}, {@code file_server} or {@code gate}; {@link #DELEGATED} if
     *     another program ran the command; {@link #UNKNOWN} if it was still running
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
