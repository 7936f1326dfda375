package io.gerve.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ParameterException;

/** Prints rows as they are found, those that were asked for; it keeps none of them, but for the few that are to be put in order. */
public final class Report<T> {
    private static final int ROWS_BETWEEN_PROGRESS = 1000;
    private static final Pattern PATTERN = Pattern.compile("[^*]+");

    private final Table<T> table;
    private final ListingOptions listing;
    private final StreamedTable<T> printer;
    private final ProgressLine progress;
    private final List<Filter> filters = new ArrayList<>();
    private final Optional<PriorityQueue<T>> sorted;
    private String end = "";
    private long looked;
    private long printed;

    private record Filter(int column, Pattern value) {}

    /** @param usage makes the exception for options that do not go together */
    public Report(
            Table<T> table,
            ListingOptions listing,
            boolean json,
            PrintWriter out,
            ProgressLine progress,
            Function<String, ParameterException> usage) {
        this.table = table;
        this.listing = listing;
        this.printer = new StreamedTable<>(table, listing.format(json), out);
        this.progress = progress;
        listing.where().forEach((column, value) -> filters.add(new Filter(column(column, usage), pattern(value))));
        if (listing.limit() < 0) {
            throw usage.apply("--limit takes a number of rows; 0 is for all.");
        }
        if (listing.order().isPresent()
                && (listing.limit() < 1 || listing.after().isPresent())) {
            throw usage.apply("--sort needs --limit, and does not go with --after.");
        }
        this.sorted = listing.order().map(order -> queue(order, usage));
    }

    /** @return whether to go on */
    public boolean add(T row) {
        looked++;
        if (looked % ROWS_BETWEEN_PROGRESS == 0) {
            progress.at(looked);
        }
        if (!matches(row)) {
            return true;
        }
        if (sorted.isPresent()) {
            sorted.get().add(row);
            if (sorted.get().size() > listing.limit()) {
                sorted.get().remove();
            }
            return true;
        }
        progress.clear();
        printer.print(row);
        printed++;
        if (printed == listing.limit()) {
            end = table.cursor(row);
            return false;
        }
        return true;
    }

    /** Behind what the next page goes on; empty unless the rows were cut off. */
    public String end() {
        return end;
    }

    /** Ends what was printed, if anything was: an empty answer would look like one. */
    public void abort() {
        progress.clear();
        if (printed > 0) {
            printer.end();
        }
    }

    /** Prints what was kept to be put in order, and ends. */
    public void close() {
        progress.clear();
        sorted.ifPresent(queue -> {
            List<T> rows = new ArrayList<>();
            while (!queue.isEmpty()) {
                rows.add(queue.remove());
            }
            rows.reversed().forEach(printer::print);
        });
        printer.end();
    }

    public boolean matches(T row) {
        return filters.stream()
                .allMatch(filter -> table.texts(row, filter.column()).stream()
                        .anyMatch(text -> filter.value().matcher(text).matches()));
    }

    private PriorityQueue<T> queue(ListingOptions.Order order, Function<String, ParameterException> usage) {
        Comparator<T> ascending = table.order(column(order.column(), usage));
        // What comes last stands in front, to be dropped first.
        return new PriorityQueue<>(order.descending() ? ascending : ascending.reversed());
    }

    private int column(String name, Function<String, ParameterException> usage) {
        int column = table.names().indexOf(ListingOptions.column(name));
        if (column < 0) {
            throw usage.apply("There is no column " + name + ", only " + String.join(", ", table.names()) + ".");
        }
        return column;
    }

    private static Pattern pattern(String value) {
        String quoted =
                PATTERN.matcher(value).replaceAll(part -> Matcher.quoteReplacement(Pattern.quote(part.group())));
        return Pattern.compile(quoted.replace("*", ".*"), Pattern.CASE_INSENSITIVE);
    }
}
