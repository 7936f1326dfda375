package io.gerve.keyservice.web;

import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.policy.KeyIssue;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * Key as shown on a page.
 *
 * @param problem the reason why the key does not work, empty if it works
 * @param access the access of a deploy key, empty for a user's own key
 * @param isForSeveralRepositories whether the key is a deploy key of several repositories
 */
record KeyView(
        long id,
        String title,
        String type,
        String fingerprint,
        Time added,
        String addedBy,
        Time lastUsed,
        Time expires,
        String problem,
        List<Issue> issues,
        String access,
        boolean isForSeveralRepositories,
        boolean renamable) {
    KeyView {
        issues = List.copyOf(issues);
    }

    /**
     * Violation of the site's key policy.
     *
     * @param refuses whether the policy refuses new keys for this reason
     */
    record Issue(String message, boolean refuses) {}

    /**
     * Time as shown on a page.
     *
     * @param iso8601 the time for programs, empty if there is none
     * @param text the time for people
     */
    record Time(String iso8601, String text) {
        private static final DateTimeFormatter MINUTE =
                DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
        private static final DateTimeFormatter DAY =
                DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);

        /**
         * Formats a time.
         *
         * @param textIfAbsent the text for {@link Instant#MIN} and {@link Instant#MAX}
         */
        static Time of(Instant time, String textIfAbsent) {
            return time.equals(Instant.MIN) || time.equals(Instant.MAX)
                    ? new Time("", textIfAbsent)
                    : new Time(iso8601(time), MINUTE.format(time) + " UTC");
        }

        /** Formats an expiry. If it is the end of a day, shows that day, as the owner entered it. */
        static Time end(Instant time) {
            return !time.equals(Instant.MAX) && time.equals(time.truncatedTo(ChronoUnit.DAYS))
                    ? new Time(iso8601(time), "end of " + DAY.format(time.minusSeconds(1)) + " UTC")
                    : of(time, "Never");
        }

        private static String iso8601(Instant time) {
            return time.truncatedTo(ChronoUnit.SECONDS).toString();
        }
    }

    /**
     * Creates the view of a key.
     *
     * @param author the login of the user who added a deploy key, empty if unknown
     */
    static KeyView of(
            RegisteredKeyDetails key, ManagedKeys managedKeys, List<KeyIssue> issues, String author, Instant now) {
        boolean isDeployKey = managedKeys instanceof ManagedKeys.OfRepository;
        return new KeyView(
                key.registered().id(),
                key.registered().title(),
                type(key),
                key.registered().fingerprint().text(),
                Time.of(key.createdAt(), ""),
                author,
                Time.of(key.lastUsedAt(), "Never"),
                expiry(key),
                problem(key, now),
                issues.stream()
                        .map(issue -> new Issue(issue.message(), issue.refuses()))
                        .toList(),
                access(key, managedKeys),
                isDeployKey && key.grants().size() > 1,
                managedKeys.mayRename(key));
    }

    private static String type(RegisteredKeyDetails key) {
        return switch (key.key().algorithm()) {
            case ED25519 -> "Ed25519";
            case ECDSA_256, ECDSA_384, ECDSA_521 -> "ECDSA, " + key.key().bits() + " bits";
            case RSA -> "RSA, " + key.key().bits() + " bits";
            case SK_ED25519 -> "Ed25519 on a security key";
            case SK_ECDSA_256 -> "ECDSA on a security key";
        };
    }

    private static Time expiry(RegisteredKeyDetails key) {
        return switch (key.registered().validity()) {
            case KeyValidity.ValidUntil(Instant end) -> Time.end(end);
            case KeyValidity.Revoked _ -> new Time("", "–");
        };
    }

    private static String problem(RegisteredKeyDetails key, Instant now) {
        return switch (key.registered().validity()) {
            case KeyValidity.ValidUntil(Instant end) ->
                end.isAfter(now) ? "" : "This key has expired and no longer works.";
            case KeyValidity.Revoked(Instant at, String reason) ->
                "This key was revoked on " + Time.of(at, "").text() + " and no longer works."
                        + (reason.isEmpty() ? "" : " Reason: " + reason);
        };
    }

    private static String access(RegisteredKeyDetails key, ManagedKeys managedKeys) {
        return switch (managedKeys) {
            case ManagedKeys.Own _ -> "";
            case ManagedKeys.OfRepository deployKeys ->
                switch (deployKeys.access(key)) {
                    case READ_ONLY -> "Read only";
                    case READ_WRITE -> "Read and write";
                };
        };
    }
}
