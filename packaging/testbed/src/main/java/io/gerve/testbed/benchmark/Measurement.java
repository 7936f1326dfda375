package io.gerve.testbed.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The wall times of one kind of work done one way, and what the front end spent on all of them. */
final class Measurement {
    private final List<Double> milliseconds = new ArrayList<>();
    private long frontEndCpu;

    void add(double wallMilliseconds, long frontEndCpuMilliseconds) {
        milliseconds.add(wallMilliseconds);
        frontEndCpu += frontEndCpuMilliseconds;
    }

    double median() {
        return quantile(0.5);
    }

    double quantile(double share) {
        List<Double> sorted = new ArrayList<>(milliseconds);
        Collections.sort(sorted);
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * (sorted.size() - 1))));
    }

    double frontEndCpuEach() {
        return (double) frontEndCpu / milliseconds.size();
    }
}
