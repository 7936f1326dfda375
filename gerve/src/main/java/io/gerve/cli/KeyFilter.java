package io.gerve.cli;

import io.gerve.config.Durations;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.keylookup.key.Validity;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which keys {@code gerve key list} shows: those for which everything holds that is given. */
final class KeyFilter {
    /** Whether a key lets anybody in. */
    enum Works {
        VALID,
        EXPIRED,
        REVOKED
    }

    @Option(names = "--validity", paramLabel = "VALIDITY", description = "valid, expired or revoked.")
    private Optional<Works> validity = Optional.empty();

    @Option(names = "--type", paramLabel = "TYPE", description = "Whose type has this in it: rsa, ed25519, sk-.")
    private Optional<String> type = Optional.empty();

    @Option(names = "--bits-below", paramLabel = "BITS", description = "Shorter ones: 3072.")
    private int bitsBelow = Integer.MAX_VALUE;

    @Option(names = "--title", paramLabel = "TEXT", description = "Whose title has this in it, in any case.")
    private String title = "";

    @Option(names = "--unused-for", paramLabel = "TIME", description = "Added and last used longer ago: 365d.")
    private Optional<Unused> unused = Optional.empty();

    record Unused(Duration atLeast) {
        /** @throws IllegalArgumentException if it is no duration */
        static Unused parse(String text) {
            return new Unused(
                    Durations.parse(text).orElseThrow(() -> new IllegalArgumentException("is no time such as 90d")));
        }
    }

    boolean takes(RegisteredKey key, Instant now) {
        return validity.filter(wanted -> wanted != worksOf(key, now)).isEmpty()
                && key.key().algorithm().wireName().contains(type.orElse(""))
                && key.key().bits() < bitsBelow
                && lowerCase(key.known().title()).contains(lowerCase(title))
                && unused.filter(time -> lastSeen(key).isAfter(now.minus(time.atLeast())))
                        .isEmpty();
    }

    private static Works worksOf(RegisteredKey key, Instant now) {
        return switch (key.known().validity()) {
            case Validity.Revoked _ -> Works.REVOKED;
            case Validity.Until(Instant end) -> end.isAfter(now) ? Works.VALID : Works.EXPIRED;
        };
    }

    /** A key that was just added is not one that nobody uses. */
    private static Instant lastSeen(RegisteredKey key) {
        return key.lastUsedAt().isAfter(key.createdAt()) ? key.lastUsedAt() : key.createdAt();
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
