package io.gerve.keylookup.web;

import io.gerve.keylookup.key.KeyFinding;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.keylookup.key.Validity;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * A key as a page shows it.
 *
 * @param trouble why it does not work, empty if it does
 * @param access what a deploy key may do, empty for one's own
 * @param opensOthers whether it is the deploy key of other repositories too
 */
record KeyView(
        long id,
        String title,
        String type,
        String fingerprint,
        When added,
        String addedBy,
        When lastUsed,
        When expires,
        String trouble,
        List<Remark> remarks,
        String access,
        boolean opensOthers,
        boolean renamable) {
    KeyView {
        remarks = List.copyOf(remarks);
    }

    /**
     * What is wrong with it by the site's rules.
     *
     * @param refuses whether such a key would not be taken today
     */
    record Remark(String sentence, boolean refuses) {}

    /**
     * A time.
     *
     * @param machine for programs, empty if it never came or comes
     */
    record When(String machine, String text) {
        private static final DateTimeFormatter MINUTE =
                DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
        private static final DateTimeFormatter DAY =
                DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);

        /** @param never what {@link Instant#MIN} and {@link Instant#MAX} are called */
        static When of(Instant time, String never) {
            return time.equals(Instant.MIN) || time.equals(Instant.MAX)
                    ? new When("", never)
                    : new When(machine(time), MINUTE.format(time) + " UTC");
        }

        /** What ends with a day is told by that day, as its owner chose it. */
        static When end(Instant time) {
            return !time.equals(Instant.MAX) && time.equals(time.truncatedTo(ChronoUnit.DAYS))
                    ? new When(machine(time), "end of " + DAY.format(time.minusSeconds(1)) + " UTC")
                    : of(time, "Never");
        }

        private static String machine(Instant time) {
            return time.truncatedTo(ChronoUnit.SECONDS).toString();
        }
    }

    /** @param author of a deploy key, empty if nobody knows */
    static KeyView of(RegisteredKey key, Keyring keyring, List<KeyFinding> findings, String author, Instant now) {
        boolean isDeployKey = keyring instanceof Keyring.OfRepository;
        return new KeyView(
                key.known().id(),
                key.known().title(),
                type(key),
                key.known().fingerprint().text(),
                When.of(key.createdAt(), ""),
                author,
                When.of(key.lastUsedAt(), "Never"),
                expiry(key),
                trouble(key, now),
                findings.stream()
                        .map(finding -> new Remark(finding.sentence(), finding.refuses()))
                        .toList(),
                access(key, keyring),
                isDeployKey && key.rights().size() > 1,
                keyring.mayRename(key));
    }

    private static String type(RegisteredKey key) {
        return switch (key.key().algorithm()) {
            case ED25519 -> "Ed25519";
            case ECDSA_256, ECDSA_384, ECDSA_521 -> "ECDSA, " + key.key().bits() + " bits";
            case RSA -> "RSA, " + key.key().bits() + " bits";
            case SK_ED25519 -> "Ed25519 on a security key";
            case SK_ECDSA_256 -> "ECDSA on a security key";
        };
    }

    private static When expiry(RegisteredKey key) {
        return switch (key.known().validity()) {
            case Validity.Until(Instant end) -> When.end(end);
            case Validity.Revoked _ -> new When("", "–");
        };
    }

    private static String trouble(RegisteredKey key, Instant now) {
        return switch (key.known().validity()) {
            case Validity.Until(Instant end) -> end.isAfter(now) ? "" : "This key has expired and no longer works.";
            case Validity.Revoked(Instant at, String reason) ->
                "This key was revoked on " + When.of(at, "").text() + " and no longer works."
                        + (reason.isEmpty() ? "" : " Reason: " + reason);
        };
    }

    private static String access(RegisteredKey key, Keyring keyring) {
        return switch (keyring) {
            case Keyring.Own _ -> "";
            case Keyring.OfRepository ring ->
                switch (ring.access(key)) {
                    case READ_ONLY -> "Read only";
                    case READ_WRITE -> "Read and push";
                };
        };
    }
}
