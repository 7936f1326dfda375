package io.gerve.cli.output;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** How a long answer is cut down, put in order and printed. */
public final class ListingOptions {
    enum Format {
        TABLE,
        JSON,
        CSV
    }

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}",
            showDefaultValue = Visibility.ALWAYS)
    private Format format = Format.TABLE;

    @Option(
            names = "--where",
            paramLabel = "COLUMN=VALUE",
            description = "Only rows of which it is true; * stands for any characters. May be given more than once.")
    private Map<String, String> where = new LinkedHashMap<>();

    @Option(
            names = "--sort",
            paramLabel = "COLUMN",
            description =
                    "In the order of a column, -COLUMN for the opposite. Needs --limit, and keeps that many rows in memory;"
                            + " without it rows come as they are found.")
    private Optional<String> sort = Optional.empty();

    @Option(names = "--limit", paramLabel = "N", description = "At most so many rows; 0 for all.")
    private int limit;

    @Option(
            names = "--after",
            paramLabel = "VALUE",
            description =
                    "The next page, as the last line on standard error names it where --limit cut the one before. Nothing that was"
                            + " told before is read for it.")
    private Optional<String> after = Optional.empty();

    Format format(boolean json) {
        return json ? Format.JSON : format;
    }

    Map<String, String> where() {
        return Map.copyOf(where);
    }

    Optional<Order> order() {
        return sort.map(column -> column.startsWith("-")
                ? new Order(column(column.substring(1)), true)
                : new Order(column(column), false));
    }

    record Order(String column, boolean descending) {}

    int limit() {
        return limit;
    }

    public Optional<String> after() {
        return after;
    }

    /** As it is in JSON, however it is typed. */
    static String column(String text) {
        return text.toLowerCase(Locale.ROOT).replace(' ', '_').replace('-', '_');
    }
}
