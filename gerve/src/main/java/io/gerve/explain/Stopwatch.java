package io.gerve.explain;

import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** Stopwatch for the steps of one request. Confined to one thread. */
final class Stopwatch {
    private final LongSupplier nanos;
    private final List<Explanation.Step> steps = new ArrayList<>();

    Stopwatch(LongSupplier nanos) {
        this.nanos = nanos;
    }

    interface LookUp<T> {
        T find() throws LookupUnavailable;
    }

    /** Runs a look-up and adds a step for its time. */
    <T> T time(String step, LookUp<T> lookUp) throws LookupUnavailable {
        long start = nanos.getAsLong();
        try {
            return lookUp.find();
        } finally {
            steps.add(new Explanation.Step(step, Duration.ofNanos(nanos.getAsLong() - start)));
        }
    }

    /** Runs the work and adds a step for the time that its own steps do not account for. */
    <T> T timeAll(String rest, LookUp<T> work) throws LookupUnavailable {
        long start = nanos.getAsLong();
        T result = work.find();
        var all = Duration.ofNanos(nanos.getAsLong() - start);
        var within = steps.stream().map(Explanation.Step::took).reduce(Duration.ZERO, Duration::plus);
        steps.add(new Explanation.Step(rest, all.minus(within)));
        return result;
    }

    List<Explanation.Step> steps() {
        return List.copyOf(steps);
    }
}
