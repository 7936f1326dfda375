package io.gerve.audit.access;

import io.gerve.lookup.LookupUnavailable;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * One of the nested loops of an audit. The steps of each loop ascend, so that it can continue after a cursor.
 *
 * @param enclosing the steps of the enclosing loops
 * @param after the position within this loop after which it continues
 */
public record Loop(Cursor enclosing, Cursor after) {
    /** Returns the outermost loop. */
    public static Loop from(Cursor after) {
        return new Loop(Cursor.START, after);
    }

    /** The body of a loop. */
    interface Body<T> {
        /** @param within the inner loop at this step */
        Results<T> at(long step, Loop within) throws LookupUnavailable;
    }

    /** One part of a sequence. */
    interface Part {
        Results<AccessHistory> of(Loop within) throws LookupUnavailable;
    }

    /** Returns the results of each step, beginning at the cursor's step, which may not have been completed. */
    <T> Results<T> each(NavigableSet<Long> steps, Body<T> body) {
        return Results.of(steps.tailSet(after.first(), true)).flatMap(step -> body.at(step, within(step)));
    }

    /** Returns the rows of the parts, one part after the other. */
    Results<AccessHistory> inSequence(Part... parts) {
        var numbers = LongStream.range(0, parts.length).boxed().collect(Collectors.toCollection(TreeSet::new));
        return each(numbers, (number, within) -> parts[(int) number].of(within));
    }

    Loop within(long step) {
        return new Loop(enclosing.then(step), after.within(step));
    }

    /** Returns the last completed step, if this is the innermost loop; 0 if there is none. */
    public long last() {
        return after.first();
    }

    /** Returns the cursor of a row that this loop finds at a step. */
    public Cursor cursor(long step) {
        return enclosing.then(step);
    }
}
