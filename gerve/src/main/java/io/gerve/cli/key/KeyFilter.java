package io.gerve.cli.key;

import io.gerve.config.Durations;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which keys {@code gerve key list} shows: those for which everything holds that is given. */
public final class KeyFilter {
    /** Whether a key lets anybody in. */
    enum Status {
        VALID,
        EXPIRED,
        REVOKED
    }

    @Option(names = "--validity", paramLabel = "VALIDITY", description = "valid, expired or revoked.")
    private Optional<Status> validity = Optional.empty();

    @Option(names = "--type", paramLabel = "TYPE", description = "Whose type has this in it: rsa, ed25519, sk-.")
    private Optional<String> type = Optional.empty();

    @Option(names = "--bits-below", paramLabel = "BITS", description = "Shorter ones: 3072.")
    private int bitsBelow = Integer.MAX_VALUE;

    @Option(names = "--title", paramLabel = "TEXT", description = "Whose title has this in it, in any case.")
    private String title = "";

    @Option(names = "--unused-for", paramLabel = "TIME", description = "Added and last used longer ago: 365d.")
    private Optional<Unused> unused = Optional.empty();

    public record Unused(Duration atLeast) {
        /** @throws IllegalArgumentException if it is no duration */
        public static Unused parse(String text) {
            return new Unused(
                    Durations.parse(text).orElseThrow(() -> new IllegalArgumentException("is no time such as 90d")));
        }
    }

    boolean takes(RegisteredKeyDetails key, Instant now) {
        return validity.filter(wanted -> wanted != worksOf(key, now)).isEmpty()
                && key.key().algorithm().wireName().contains(type.orElse(""))
                && key.key().bits() < bitsBelow
                && lowerCase(key.registered().title()).contains(lowerCase(title))
                && unused.filter(time -> lastSeen(key).isAfter(now.minus(time.atLeast())))
                        .isEmpty();
    }

    private static Status worksOf(RegisteredKeyDetails key, Instant now) {
        return switch (key.registered().validity()) {
            case KeyValidity.Revoked _ -> Status.REVOKED;
            case KeyValidity.ValidUntil(Instant end) -> end.isAfter(now) ? Status.VALID : Status.EXPIRED;
        };
    }

    /** A key that was just added is not one that nobody uses. */
    private static Instant lastSeen(RegisteredKeyDetails key) {
        return key.lastUsedAt().isAfter(key.createdAt()) ? key.lastUsedAt() : key.createdAt();
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
