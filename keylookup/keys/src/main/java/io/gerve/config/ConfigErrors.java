package io.gerve.config;

import io.gerve.logging.TextEscaper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlPosition;

/** Collected errors of one configuration file, which are reported together. */
final class ConfigErrors {
    private static final TomlPosition NOWHERE = TomlPosition.positionAt(Integer.MAX_VALUE, 1);

    private final Path file;
    private final List<ConfigError> errors = new ArrayList<>();

    ConfigErrors(Path file) {
        this.file = file;
    }

    /**
     * Adds an error.
     *
     * @param position position in the file; null for a missing setting, which is reported after errors with a position
     */
    void add(@Nullable TomlPosition position, String message) {
        errors.add(new ConfigError(position == null ? NOWHERE : position, message));
    }

    void throwIfAny() throws InvalidConfig {
        if (!errors.isEmpty()) {
            errors.sort(Comparator.comparingInt((ConfigError error) -> error.position.line())
                    .thenComparingInt(error -> error.position.column()));
            throw new InvalidConfig(errors.stream().map(this::line).toList());
        }
    }

    private String line(ConfigError error) {
        String position =
                error.position.equals(NOWHERE) ? "" : ":" + error.position.line() + ":" + error.position.column();
        return TextEscaper.oneLine(file + position + ": " + error.message);
    }

    private record ConfigError(TomlPosition position, String message) {}
}
