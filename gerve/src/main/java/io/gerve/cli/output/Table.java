package io.gerve.cli.output;

import io.gerve.access.Role;
import io.gerve.logging.TextEscaper;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Columns of rows that are printed as an aligned table, CSV or JSON, with the same snake_case names in each. */
public final class Table<T> {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private static final JsonMapper LINE = JsonMapper.builder().build();

    private final List<Column<T>> columns;
    private final Optional<Function<T, String>> cursor;

    private record Column<T>(String name, Function<T, Object> value) {}

    private Table(List<Column<T>> columns, Optional<Function<T, String>> cursor) {
        this.columns = List.copyOf(columns);
        this.cursor = cursor;
    }

    public static <T> Table<T> rows() {
        return new Table<>(List.of(), Optional.empty());
    }

    /**
     * Returns this table with one more column.
     *
     * @param name in snake_case; the key in JSON
     * @param value text, a number, a boolean, an enum, a time, or a collection of these; empty text is null in JSON
     */
    public Table<T> column(String name, Function<T, Object> value) {
        List<Column<T>> more = new ArrayList<>(columns);
        more.add(new Column<>(name, value));
        return new Table<>(more, cursor);
    }

    /**
     * Returns this table with the columns of another table added.
     *
     * @param part returns the part of a row that the other table shows
     */
    public <P> Table<T> columns(Table<P> other, Function<T, P> part) {
        List<Column<T>> more = new ArrayList<>(columns);
        other.columns.forEach(column ->
                more.add(new Column<>(column.name(), row -> column.value().apply(part.apply(row)))));
        return new Table<>(more, cursor);
    }

    /** Returns this table with a cursor for each row, with which {@code --after} continues after it. */
    public Table<T> cursorColumn(Function<T, String> rowCursor) {
        return new Table<>(columns, Optional.of(rowCursor));
    }

    String cursor(T row) {
        return cursor.orElseThrow().apply(row);
    }

    List<String> names() {
        return columns.stream().map(Column::name).toList();
    }

    /** Returns the names in upper case. */
    List<String> headings() {
        return columns.stream()
                .map(column -> column.name().toUpperCase(Locale.ROOT))
                .toList();
    }

    /** Returns a row as a table or CSV shows it. Uses no streams, because a listing may have millions of rows. */
    List<String> cells(T row) {
        List<String> cells = new ArrayList<>(columns.size());
        for (Column<T> column : columns) {
            cells.add(text(column.value().apply(row)));
        }
        return cells;
    }

    /** Returns a row as JSON on one line. */
    String line(T row) {
        return LINE.writeValueAsString(object(row));
    }

    /** Returns the texts that a filter is matched against: one for each value of a collection. */
    List<String> texts(T row, int column) {
        return switch (columns.get(column).value().apply(row)) {
            case Collection<?> none when none.isEmpty() -> List.of("");
            case Collection<?> many -> many.stream().map(Table::text).toList();
            case String text -> List.of(text);
            case Object value -> List.of(text(value));
        };
    }

    /** Returns the order by a column: numbers and roles by value, all else as text. */
    Comparator<T> order(int column) {
        var value = columns.get(column).value();
        return (one, other) -> compare(value.apply(one), value.apply(other));
    }

    private static int compare(Object one, Object other) {
        if (one instanceof Long number && other instanceof Long second) {
            return number.compareTo(second);
        }
        if (one instanceof Role role && other instanceof Role second) {
            return role.compareTo(second);
        }
        return text(one).compareTo(text(other));
    }

    public void print(PrintWriter out, Iterable<T> rows, boolean json) {
        if (json) {
            List<Map<String, Object>> array = new ArrayList<>();
            rows.forEach(row -> array.add(object(row)));
            out.println(JSON.writeValueAsString(array));
            return;
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(headings());
        rows.forEach(row -> lines.add(
                columns.stream().map(column -> text(column.value().apply(row))).toList()));
        List<Integer> widths = widths(lines);
        lines.forEach(line -> out.println(aligned(line, widths)));
    }

    /** Returns rows as the value of a column of another table, which only JSON can hold. */
    List<Map<String, Object>> objects(List<T> rows) {
        return rows.stream().map(this::object).toList();
    }

    public void printOne(PrintWriter out, T row, boolean json) {
        if (json) {
            out.println(JSON.writeValueAsString(object(row)));
            return;
        }
        int width = columns.stream()
                .mapToInt(column -> column.name().length() + 1)
                .max()
                .orElse(0);
        for (var column : columns) {
            String label = column.name() + ":";
            out.println(pad(label, width) + "  " + text(column.value().apply(row)));
        }
    }

    private Map<String, Object> object(T row) {
        Map<String, Object> object = new LinkedHashMap<>();
        columns.forEach(column -> object.put(column.name(), json(column.value().apply(row))));
        return object;
    }

    @SuppressWarnings("NullAway") // JSON's null is Jackson's
    private static Object json(Object value) {
        return switch (value) {
            case String text -> text.isEmpty() ? null : text;
            case Number number -> number;
            case Boolean answer -> answer;
            case Map<?, ?> object -> object;
            case Collection<?> many -> many.stream().map(Table::json).toList();
            default -> text(value);
        };
    }

    /** Returns the text of a cell, escaped: a key's title must not control the terminal of the user who lists it. */
    private static String text(Object value) {
        return switch (value) {
            case String text -> text.isEmpty() ? "-" : TextEscaper.oneLine(text);
            case Instant time -> time.truncatedTo(ChronoUnit.SECONDS).toString();
            case Enum<?> word -> word.name().toLowerCase(Locale.ROOT);
            case Boolean answer -> answer ? "yes" : "no";
            case Collection<?> none when none.isEmpty() -> "-";
            case Collection<?> many -> many.stream().map(Table::text).collect(Collectors.joining(", "));
            default -> TextEscaper.oneLine(String.valueOf(value));
        };
    }

    List<Integer> widths(List<List<String>> lines) {
        List<Integer> widths = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            widths.add(lines.stream()
                    .mapToInt(line -> line.get(column).length())
                    .max()
                    .orElse(0));
        }
        return widths;
    }

    static String aligned(List<String> line, List<Integer> widths) {
        var text = new StringBuilder();
        for (int i = 0; i < line.size(); i++) {
            text.append(pad(line.get(i), widths.get(i))).append("  ");
        }
        return text.toString().stripTrailing();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
