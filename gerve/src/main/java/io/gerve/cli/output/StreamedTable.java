package io.gerve.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Printer of a table while its rows are found. The first 200 rows determine the widths of the columns. */
final class StreamedTable<T> {
    private static final int ROWS_MEASURED = 200;

    private final Table<T> table;
    private final OutputFormat format;
    private final PrintWriter out;
    private final List<List<String>> measured = new ArrayList<>();
    private List<Integer> widths = List.of();
    private boolean hasRows;

    StreamedTable(Table<T> table, OutputFormat format, PrintWriter out) {
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
        lines.add(table.headings());
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
     * Returns the cell as RFC 4180 has it. A text that a spreadsheet would take for a formula gets an apostrophe before
     * it: users choose the titles of their keys.
     */
    private static String quoted(String cell) {
        String text = cell.equals("-") ? "" : cell;
        String harmless = !text.isEmpty() && "=+-@".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return harmless.indexOf(',') >= 0 || harmless.indexOf('"') >= 0 || harmless.indexOf('\n') >= 0
                ? '"' + harmless.replace("\"", "\"\"") + '"'
                : harmless;
    }
}
