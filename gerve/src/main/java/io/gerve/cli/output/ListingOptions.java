package io.gerve.cli.output;

import io.gerve.cli.option.RowLimit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options that filter, sort, limit and format the rows of an audit. */
public final class ListingOptions {
    @Option(names = "--format", paramLabel = "FORMAT", description = "table (the default), json or csv.")
    private Optional<OutputFormat> format = Optional.empty();

    @Option(
            names = "--where",
            paramLabel = "COLUMN=VALUE",
            description =
                    "Only rows whose column has the value; * stands for any characters. May be given more than once.")
    private Map<String, String> where = new LinkedHashMap<>();

    @Option(
            names = "--sort",
            paramLabel = "COLUMN",
            description =
                    "Sort by the column; -COLUMN sorts in descending order. Needs --limit, and keeps that many rows"
                            + " in memory. Without it, rows are printed as they are found.")
    private Optional<String> sort = Optional.empty();

    @ArgGroup(multiplicity = "0..1")
    private RowLimit rows = new RowLimit();

    @Option(
            names = "--after",
            paramLabel = "CURSOR",
            description =
                    "The next page: the cursor that the last line on standard error shows when --limit cut the page"
                            + " before. Earlier rows are not read again.")
    private Optional<String> after = Optional.empty();

    OutputFormat format(boolean json, Function<String, ParameterException> usage) {
        return OutputFormat.choose(format, json, usage);
    }

    Map<String, String> where() {
        return Map.copyOf(where);
    }

    Optional<Order> order() {
        return sort.map(column -> column.startsWith("-")
                ? new Order(columnName(column.substring(1)), true)
                : new Order(columnName(column), false));
    }

    record Order(String column, boolean descending) {}

    boolean isLimited() {
        return rows.isLimited();
    }

    /** Returns the limit, or {@link RowLimit#ALL}. */
    long rowsMax() {
        return rows.rowsMax(RowLimit.ALL);
    }

    boolean isContinued() {
        return after.isPresent();
    }

    /**
     * Returns the cursor after which to continue.
     *
     * @param parse throws {@link IllegalArgumentException} if the text is not a cursor of the audit
     * @param usage makes the exception for such a text
     */
    public <C> Optional<C> after(Function<String, C> parse, Function<String, ParameterException> usage) {
        try {
            return after.map(parse);
        } catch (IllegalArgumentException _) {
            throw usage.apply(after.orElseThrow());
        }
    }

    /** Returns the name of a column as JSON has it: case, blanks and hyphens do not matter. */
    static String columnName(String text) {
        return text.toLowerCase(Locale.ROOT).replace(' ', '_').replace('-', '_');
    }
}
