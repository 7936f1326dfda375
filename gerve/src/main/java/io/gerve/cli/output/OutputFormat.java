package io.gerve.cli.output;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.ParameterException;

/** Format in which rows are printed. */
public enum OutputFormat {
    TABLE,
    JSON,
    /** RFC 4180. */
    CSV;

    /**
     * Returns the format that {@code --format} and {@code --json} ask for; a table if neither is given.
     *
     * @param usage makes the exception for two options that contradict each other
     */
    public static OutputFormat choose(
            Optional<OutputFormat> format, boolean json, Function<String, ParameterException> usage) {
        if (json && format.isPresent() && format.get() != JSON) {
            throw usage.apply("--json and --format " + format.get().name().toLowerCase(Locale.ROOT)
                    + " contradict each other: give one of them.");
        }
        return json ? JSON : format.orElse(TABLE);
    }
}
