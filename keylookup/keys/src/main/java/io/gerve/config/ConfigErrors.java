package io.gerve.config;

import io.gerve.logging.TextEscaper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlPosition;

/** What is wrong with one file, so that all of it can be said at once. */
final class ConfigErrors {
    private static final TomlPosition NOWHERE = TomlPosition.positionAt(Integer.MAX_VALUE, 1);

    private final Path file;
    private final List<ConfigError> found = new ArrayList<>();

    ConfigErrors(Path file) {
        this.file = file;
    }

    /** @param position null for what is missing, which is told after all that stands somewhere */
    void add(@Nullable TomlPosition position, String what) {
        found.add(new ConfigError(position == null ? NOWHERE : position, what));
    }

    void throwIfAny() throws InvalidConfig {
        if (!found.isEmpty()) {
            found.sort(Comparator.comparingInt((ConfigError mistake) -> mistake.position.line())
                    .thenComparingInt(mistake -> mistake.position.column()));
            throw new InvalidConfig(found.stream().map(this::line).toList());
        }
    }

    private String line(ConfigError mistake) {
        String place =
                mistake.position.equals(NOWHERE) ? "" : ":" + mistake.position.line() + ":" + mistake.position.column();
        return TextEscaper.oneLine(file + place + ": " + mistake.message);
    }

    private record ConfigError(TomlPosition position, String message) {}
}
