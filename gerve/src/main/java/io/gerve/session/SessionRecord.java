package io.gerve.session;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.RequestId;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of one request, or of a login that was refused. Absent texts are empty and absent ids 0, for rows count from 1. What a client chose is cut and escaped.
 *
 * @param at when it came in
 */
public record SessionRecord(
        RequestId id, Instant at, From from, Asked asked, Ruling ruling, Course course, PushedRefs refs) {
    /**
     * @param door {@code ssh} or {@code agent}
     * @param key the fingerprint; empty if none was shown
     * @param accountId 0 for a deploy key, and for a key that nobody has
     * @param holder the account's login, or the deploy key's repository, as they were
     */
    public record From(String door, String address, String key, long keyId, long accountId, String holder) {
        public From {
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
     * @param verb git's program, {@code whoami}, {@code explain} or {@code login}; empty for a shell, or if it was none of these
     * @param repository the present name of the one that was found, else the name that was asked for
     * @param line what the client sent
     */
    public record Asked(String verb, String repository, String line) {}

    /**
     * @param decision allowed, denied, greeted, answered, limited, unavailable, failed or, of logins, unfinished
     * @param rule what decided
     * @param told the sentence that the client read last, without the request's id
     */
    public record Ruling(String decision, String rule, long repositoryId, String server, String host, String told) {}

    /**
     * @param exit the exit status, or the signal without {@code SIG}; empty if the gate did not learn it
     * @param endedBy client, command, file-server or gate; handed-over if another program carried it out
     */
    public record Course(long bytesIn, long bytesOut, long milliseconds, String exit, String endedBy) {
        static final String HANDED_OVER = "handed-over";

        /** Whether the gate saw the end. If not, bytes and exit mean nothing, and the time is the one that the gate took to decide. */
        public boolean isKnown() {
            return !endedBy.equals(HANDED_OVER);
        }
    }
}
