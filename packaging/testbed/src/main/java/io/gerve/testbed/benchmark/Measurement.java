package io.gerve.testbed.benchmark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Elapsed times of one kind of work with one access method, and the frontend's processor time for all of them. */
final class Measurement {
    private final List<Double> milliseconds = new ArrayList<>();
    private long frontendCpu;

    void add(double elapsedMilliseconds, long frontendCpuMilliseconds) {
        milliseconds.add(elapsedMilliseconds);
        frontendCpu += frontendCpuMilliseconds;
    }

    double median() {
        return quantile(0.5);
    }

    double quantile(double share) {
        List<Double> sorted = new ArrayList<>(milliseconds);
        Collections.sort(sorted);
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * (sorted.size() - 1))));
    }

    double frontendCpuEach() {
        return (double) frontendCpu / milliseconds.size();
    }
}
