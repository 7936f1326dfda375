package io.gerve.cli.key;

import io.gerve.cli.option.DurationOption;
import io.gerve.cli.option.PositiveNumber;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Filter of {@code gerve key list}. A key matches if every given option holds. */
final class KeyFilter {
    @Option(names = "--status", paramLabel = "STATUS", description = "valid, expired or revoked.")
    private Optional<KeyStatus> status = Optional.empty();

    @Option(names = "--type", paramLabel = "TYPE", description = "The type contains this: rsa, ed25519, sk-.")
    private Optional<String> type = Optional.empty();

    @Option(names = "--bits-below", paramLabel = "BITS", description = "The key has fewer bits: 3072.")
    private Optional<PositiveNumber> bitsBelow = Optional.empty();

    @Option(names = "--title", paramLabel = "TEXT", description = "The title contains this, in any case.")
    private String title = "";

    @Option(
            names = "--unused-for",
            paramLabel = "TIME",
            description = "The key was neither created nor used within this time: 365d.")
    private Optional<DurationOption> unusedFor = Optional.empty();

    boolean matches(RegisteredKeyDetails key, Instant now) {
        return status.filter(wanted -> wanted != KeyStatus.of(key, now)).isEmpty()
                && key.key().algorithm().wireName().contains(type.orElse(""))
                && bitsBelow.filter(bits -> key.key().bits() >= bits.value()).isEmpty()
                && lowerCase(key.registered().title()).contains(lowerCase(title))
                && unusedFor
                        .filter(time -> lastSeen(key).isAfter(now.minus(time.duration())))
                        .isEmpty();
    }

    /** Returns when the key was last used or created: a key that was just created is not unused. */
    private static Instant lastSeen(RegisteredKeyDetails key) {
        return key.lastUsedAt().isAfter(key.createdAt()) ? key.lastUsedAt() : key.createdAt();
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
