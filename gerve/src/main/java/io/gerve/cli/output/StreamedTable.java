package io.gerve.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** A table of which rows are printed while more are found: the first of them say how wide the columns are. */
final class StreamedTable<T> {
    private static final int ROWS_MEASURED = 200;

    private final Table<T> table;
    private final ListingOptions.Format format;
    private final PrintWriter out;
    private final List<List<String>> measured = new ArrayList<>();
    private List<Integer> widths = List.of();
    private boolean hasRows;

    StreamedTable(Table<T> table, ListingOptions.Format format, PrintWriter out) {
        this.table = table;
        this.format = format;
        this.out = out;
    }

    void print(T row) {
        switch (format) {
            case JSON -> out.print((hasRows ? ",\n" : "[\n") + table.line(row));
            case CSV -> {
                if (!hasRows) {
                    out.println(String.join(",", table.names()));
                }
                out.println(csv(table.cells(row)));
            }
            case TABLE -> line(table.cells(row));
        }
        hasRows = true;
    }

    void end() {
        switch (format) {
            case JSON -> out.println(hasRows ? "\n]" : "[]");
            case CSV -> {
                if (!hasRows) {
                    out.println(String.join(",", table.names()));
                }
            }
            case TABLE -> printMeasured();
        }
        out.flush();
    }

    private void line(List<String> cells) {
        if (widths.isEmpty()) {
            measured.add(cells);
            if (measured.size() == ROWS_MEASURED) {
                printMeasured();
            }
        } else {
            out.println(Table.aligned(cells, widths));
        }
    }

    private void printMeasured() {
        if (!widths.isEmpty()) {
            return;
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(table.names().stream()
                .map(name -> name.toUpperCase(Locale.ROOT).replace('_', ' '))
                .toList());
        lines.addAll(measured);
        widths = table.widths(lines);
        lines.forEach(line -> out.println(Table.aligned(line, widths)));
        measured.clear();
    }

    private static String csv(List<String> cells) {
        var line = new StringJoiner(",");
        for (String cell : cells) {
            line.add(quoted(cell));
        }
        return line.toString();
    }

    /**
     * As RFC 4180 has it. What a spreadsheet would take for a formula is kept from being one: titles of keys are whatever their owners
     * wrote.
     */
    private static String quoted(String cell) {
        String text = cell.equals("-") ? "" : cell;
        String harmless = !text.isEmpty() && "=+-@".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return harmless.indexOf(',') >= 0 || harmless.indexOf('"') >= 0 || harmless.indexOf('\n') >= 0
                ? '"' + harmless.replace("\"", "\"\"") + '"'
                : harmless;
    }
}
