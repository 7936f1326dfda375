package io.gerve.accesslog;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestId;
import io.gerve.push.PushedRefs;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of one request, or of a login that was refused. Absent texts are empty and absent ids 0, for rows count from 1. What a client chose is cut and escaped.
 *
 * @param at when it came in
 */
public record AccessLogRecord(
        RequestId id,
        Instant at,
        ClientFields client,
        RequestFields request,
        DecisionFields decision,
        OutcomeFields outcome,
        PushedRefs refs) {
    /**
     * @param frontend {@code ssh} or {@code agent}
     * @param key the fingerprint; empty if none was shown
     * @param accountId 0 for a deploy key, and for a key that nobody has
     * @param principal the account's login, or the deploy key's repository, as they were
     */
    public record ClientFields(
            String frontend, String address, String key, long keyId, long accountId, String principal) {
        public ClientFields {
            if (!key.isEmpty() && Fingerprint.parse(key).isEmpty()) {
                throw new IllegalArgumentException("not an OpenSSH SHA256 fingerprint: " + key);
            }
        }

        /** @return empty if no key was shown */
        public Optional<Fingerprint> fingerprint() {
            return Fingerprint.parse(key);
        }
    }

    /**
     * @param command git's program, {@code whoami}, {@code explain} or {@code login}; empty for a shell, or if it was none of these
     * @param repository the present name of the one that was found, else the name that was asked for
     * @param execLine what the client sent
     */
    public record RequestFields(String command, String repository, String execLine) {}

    /**
     * @param decision allowed, denied, greeted, answered, limited, unavailable, failed or, of logins, unfinished
     * @param rule what decided
     * @param message the sentence that the client read last, without the request's id
     */
    public record DecisionFields(
            String decision, String rule, long repositoryId, String server, String host, String message) {}

    /**
     * @param exitStatus the exit status, or the signal without {@code SIG}; empty if the gate did not learn it
     * @param endedBy client, command, file_server or gate; delegated if another program carried it out
     */
    public record OutcomeFields(long bytesIn, long bytesOut, long durationMillis, String exitStatus, String endedBy) {
        public static final String DELEGATED = "delegated";

        /** Whether the gate saw the end. If not, bytes and exit mean nothing, and the time is the one that the gate took to decide. */
        public boolean isKnown() {
            return !endedBy.equals(DELEGATED);
        }
    }
}
