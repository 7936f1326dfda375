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

/**
 * Printer of an audit's rows as they are found. It filters them, and keeps only those that {@code --sort} and {@code
 * --limit} need.
 */
public final class Report<T> {
    private static final int ROWS_BETWEEN_PROGRESS = 1000;
    private static final Pattern PATTERN = Pattern.compile("[^*]+");

    private final Table<T> table;
    private final ListingOptions listing;
    private final StreamedTable<T> printer;
    private final ProgressLine progress;
    private final List<Filter> filters = new ArrayList<>();
    private final Optional<PriorityQueue<T>> sorted;
    private String nextCursor = "";
    private long examined;
    private long printed;

    private record Filter(int column, Pattern value) {}

    /** @param usage makes the exception for options that contradict each other */
    public Report(
            Table<T> table,
            ListingOptions listing,
            boolean json,
            PrintWriter out,
            ProgressLine progress,
            Function<String, ParameterException> usage) {
        this.table = table;
        this.listing = listing;
        this.printer = new StreamedTable<>(table, listing.format(json, usage), out);
        this.progress = progress;
        listing.where().forEach((column, value) -> filters.add(new Filter(column(column, usage), pattern(value))));
        if (listing.order().isPresent() && (!listing.isLimited() || listing.isContinued())) {
            throw usage.apply("--sort needs --limit, and cannot be combined with --after.");
        }
        this.sorted = listing.order().map(order -> queue(order, usage));
    }

    /** Prints or keeps the row if it matches. */
    public void add(T row) {
        examined++;
        if (examined % ROWS_BETWEEN_PROGRESS == 0) {
            progress.at(examined);
        }
        if (!matches(row)) {
            return;
        }
        if (sorted.isPresent()) {
            sorted.get().add(row);
            if (sorted.get().size() > listing.rowsMax()) {
                sorted.get().remove();
            }
            return;
        }
        progress.clear();
        printer.print(row);
        printed++;
        if (printed == listing.rowsMax()) {
            nextCursor = table.cursor(row);
        }
    }

    /** Returns whether the limit is reached, so that no further row is printed. */
    public boolean isFull() {
        return !nextCursor.isEmpty();
    }

    /** Returns the cursor of the next page; empty unless the limit cut the rows. */
    public String nextCursor() {
        return nextCursor;
    }

    /** Ends the output after a failure. Prints nothing if no row was printed, so that no empty result is printed. */
    public void abort() {
        progress.clear();
        if (printed > 0) {
            printer.end();
        }
    }

    /** Prints the sorted rows, and ends the output. */
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

    /** Returns whether every {@code --where} holds. */
    public boolean matches(T row) {
        return filters.stream()
                .allMatch(filter -> table.texts(row, filter.column()).stream()
                        .anyMatch(text -> filter.value().matcher(text).matches()));
    }

    private PriorityQueue<T> queue(ListingOptions.Order order, Function<String, ParameterException> usage) {
        Comparator<T> ascending = table.order(column(order.column(), usage));
        // The head of the queue is the last row of the order, which is dropped first.
        return new PriorityQueue<>(order.descending() ? ascending : ascending.reversed());
    }

    private int column(String name, Function<String, ParameterException> usage) {
        int column = table.names().indexOf(ListingOptions.columnName(name));
        if (column < 0) {
            throw usage.apply("There is no column " + name + ". Columns: " + String.join(", ", table.names()) + ".");
        }
        return column;
    }

    private static Pattern pattern(String value) {
        String quoted =
                PATTERN.matcher(value).replaceAll(part -> Matcher.quoteReplacement(Pattern.quote(part.group())));
        return Pattern.compile(quoted.replace("*", ".*"), Pattern.CASE_INSENSITIVE);
    }
}
