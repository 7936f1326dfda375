package io.gerve.audit.access;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The position of a row in an audit: the step of each of the nested loops that found it, the outermost first. All loops
 * ascend, mostly by id. Another audit can continue after the cursor, even if the row has changed or is gone.
 */
public record Cursor(List<Long> steps) {
    /** The cursor before the first row. */
    public static final Cursor START = new Cursor(List.of());

    private static final Pattern FORM = Pattern.compile("\\d{1,18}(:\\d{1,18}){0,7}");

    public Cursor {
        steps = List.copyOf(steps);
    }

    /**
     * Parses the form of {@link #toString}.
     *
     * @throws IllegalArgumentException if the text does not have this form
     */
    public static Cursor parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a cursor");
        }
        return new Cursor(Stream.of(text.split(":", -1)).map(Long::valueOf).toList());
    }

    /** Returns the step of the outermost loop; 0 at the start. */
    long first() {
        return steps.isEmpty() ? 0 : steps.getFirst();
    }

    /**
     * Returns the cursor within a step of the outermost loop: the rest of this cursor if it is at that step, else the
     * start.
     */
    Cursor within(long step) {
        return !steps.isEmpty() && step == first() ? new Cursor(steps.subList(1, steps.size())) : START;
    }

    /** Returns this cursor with the step of an inner loop added. */
    Cursor then(long step) {
        List<Long> all = new ArrayList<>(steps);
        all.add(step);
        return new Cursor(all);
    }

    /** Returns the form that {@code --after} accepts: {@code 1:42:7}. */
    @Override
    public String toString() {
        return steps.stream().map(String::valueOf).collect(Collectors.joining(":"));
    }
}
