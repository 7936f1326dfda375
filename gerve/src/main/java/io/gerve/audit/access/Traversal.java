package io.gerve.audit.access;

import io.gerve.lookup.LookupUnavailable;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * One of the loops by which an answer is found, or one within another: where it goes on, and who takes what it finds.
 *
 * @param after what lies before it, and the row there itself, are left out
 */
public record Traversal(Cursor after, AccessHistory.Sink consumer) {
    /** What is done at a step. */
    interface Body {
        /** @param within the loop at this step
         *  @return whether to go on */
        boolean visit(long step, Traversal within) throws LookupUnavailable;
    }

    /** What is done at a step that needs no number. */
    interface Step {
        /** @return whether to go on */
        boolean traverse(Traversal within) throws LookupUnavailable;
    }

    /** @return whether to go on */
    boolean each(NavigableSet<Long> steps, Body body) throws LookupUnavailable {
        for (long step : steps.tailSet(after.first(), true)) {
            if (!body.visit(step, within(step))) {
                return false;
            }
        }
        return true;
    }

    /** One part after the other.
     *  @return whether to go on */
    boolean inSequence(Step... parts) throws LookupUnavailable {
        var numbers = LongStream.range(0, parts.length).boxed().collect(Collectors.toCollection(TreeSet::new));
        return each(numbers, (number, within) -> parts[(int) number].traverse(within));
    }

    Traversal within(long step) {
        return new Traversal(after.within(step), reached -> consumer.accept(reached.under(step)));
    }

    /** The last step, in the innermost of loops, of which all was told; 0 if there is none. */
    public long last() {
        return after.first();
    }

    /** What the innermost of loops found at a step.
     *  @return whether to go on */
    public boolean accept(long step, AccessHistory reached) throws LookupUnavailable {
        return consumer.accept(reached.under(step));
    }
}
