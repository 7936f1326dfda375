package io.gerve.audit.access;

import io.gerve.lookup.LookupUnavailable;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * One of the nested loops of an audit: where it continues, and the receiver of its rows.
 *
 * @param after the cursor after which the loop continues
 */
public record Traversal(Cursor after, AccessHistory.Sink consumer) {
    /** The body of a loop. */
    interface Body {
        /**
         * @param within the inner loop at this step
         * @return whether to continue
         */
        boolean visit(long step, Traversal within) throws LookupUnavailable;
    }

    /** One part of a sequence. */
    interface Step {
        /** @return whether to continue */
        boolean traverse(Traversal within) throws LookupUnavailable;
    }

    /**
     * Runs the body for each step from the cursor on.
     *
     * @return whether to continue
     */
    boolean each(NavigableSet<Long> steps, Body body) throws LookupUnavailable {
        for (long step : steps.tailSet(after.first(), true)) {
            if (!body.visit(step, within(step))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Runs the parts one after the other.
     *
     * @return whether to continue
     */
    boolean inSequence(Step... parts) throws LookupUnavailable {
        var numbers = LongStream.range(0, parts.length).boxed().collect(Collectors.toCollection(TreeSet::new));
        return each(numbers, (number, within) -> parts[(int) number].traverse(within));
    }

    Traversal within(long step) {
        return new Traversal(after.within(step), history -> consumer.accept(history.under(step)));
    }

    /** Returns the last completed step of the innermost loop; 0 if there is none. */
    public long last() {
        return after.first();
    }

    /**
     * Passes on a row that the innermost loop found at a step.
     *
     * @return whether to continue
     */
    public boolean accept(long step, AccessHistory history) throws LookupUnavailable {
        return consumer.accept(history.under(step));
    }
}
