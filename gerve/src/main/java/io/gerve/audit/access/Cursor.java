package io.gerve.audit.access;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where in an answer a row stands: how far each of the loops, one within the other, that find the rows had come when they found it. All
 * of them go upwards, mostly by ids. Another audit can go on behind it, whatever became of the row meanwhile.
 */
public record Cursor(List<Long> steps) {
    /** Before the first row. */
    public static final Cursor START = new Cursor(List.of());

    private static final Pattern FORM = Pattern.compile("\\d{1,18}(:\\d{1,18}){0,7}");

    public Cursor {
        steps = List.copyOf(steps);
    }

    /** @param text as {@link #toString} has it
     *  @throws IllegalArgumentException if no row has it */
    public static Cursor parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not the place of a row");
        }
        return new Cursor(Stream.of(text.split(":", -1)).map(Long::valueOf).toList());
    }

    /** How far the outermost loop had come; 0 at the start. */
    long first() {
        return steps.isEmpty() ? 0 : steps.getFirst();
    }

    /** Where to go on within a step of the outermost loop: at the start, unless it is the one that it had come to. */
    Cursor within(long step) {
        return !steps.isEmpty() && step == first() ? new Cursor(steps.subList(1, steps.size())) : START;
    }

    /** The same, of the loop around it. */
    Cursor under(long step) {
        List<Long> all = new ArrayList<>();
        all.add(step);
        all.addAll(steps);
        return new Cursor(all);
    }

    /** As {@code --after} takes it: {@code 1:42:7}. */
    @Override
    public String toString() {
        return steps.stream().map(String::valueOf).collect(Collectors.joining(":"));
    }
}
