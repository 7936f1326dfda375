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
 * A key as a page shows it.
 *
 * @param problem why it does not work, empty if it does
 * @param access what a deploy key may do, empty for one's own
 * @param isForSeveralRepositories whether it is the deploy key of other repositories too
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
     * What is wrong with it by the site's rules.
     *
     * @param refuses whether such a key would not be taken today
     */
    record Issue(String sentence, boolean refuses) {}

    /**
     * A time.
     *
     * @param machine for programs, empty if it never came or comes
     */
    record Time(String machine, String text) {
        private static final DateTimeFormatter MINUTE =
                DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
        private static final DateTimeFormatter DAY =
                DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);

        /** @param never what {@link Instant#MIN} and {@link Instant#MAX} are called */
        static Time of(Instant time, String never) {
            return time.equals(Instant.MIN) || time.equals(Instant.MAX)
                    ? new Time("", never)
                    : new Time(machine(time), MINUTE.format(time) + " UTC");
        }

        /** What ends with a day is told by that day, as its owner chose it. */
        static Time end(Instant time) {
            return !time.equals(Instant.MAX) && time.equals(time.truncatedTo(ChronoUnit.DAYS))
                    ? new Time(machine(time), "end of " + DAY.format(time.minusSeconds(1)) + " UTC")
                    : of(time, "Never");
        }

        private static String machine(Instant time) {
            return time.truncatedTo(ChronoUnit.SECONDS).toString();
        }
    }

    /** @param author of a deploy key, empty if nobody knows */
    static KeyView of(
            RegisteredKeyDetails key, ManagedKeys keyring, List<KeyIssue> findings, String author, Instant now) {
        boolean isDeployKey = keyring instanceof ManagedKeys.OfRepository;
        return new KeyView(
                key.registered().id(),
                key.registered().title(),
                type(key),
                key.registered().fingerprint().text(),
                Time.of(key.createdAt(), ""),
                author,
                Time.of(key.lastUsedAt(), "Never"),
                expiry(key),
                trouble(key, now),
                findings.stream()
                        .map(finding -> new Issue(finding.message(), finding.refuses()))
                        .toList(),
                access(key, keyring),
                isDeployKey && key.grants().size() > 1,
                keyring.mayRename(key));
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

    private static String trouble(RegisteredKeyDetails key, Instant now) {
        return switch (key.registered().validity()) {
            case KeyValidity.ValidUntil(Instant end) ->
                end.isAfter(now) ? "" : "This key has expired and no longer works.";
            case KeyValidity.Revoked(Instant at, String reason) ->
                "This key was revoked on " + Time.of(at, "").text() + " and no longer works."
                        + (reason.isEmpty() ? "" : " Reason: " + reason);
        };
    }

    private static String access(RegisteredKeyDetails key, ManagedKeys keyring) {
        return switch (keyring) {
            case ManagedKeys.Own _ -> "";
            case ManagedKeys.OfRepository ring ->
                switch (ring.access(key)) {
                    case READ_ONLY -> "Read only";
                    case READ_WRITE -> "Read and push";
                };
        };
    }
}
