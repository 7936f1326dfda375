package io.gerve.metrics;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;

/**
 * Builders of timers with fixed histogram buckets. All timers of a kind have the same buckets, so that their times can
 * be compared, and summed over programs.
 */
public final class LatencyTimer {
    private static final long[] CALL_MILLIS = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000};
    private static final long[] COMMAND_MILLIS = {
        20, 50, 100, 200, 500, 1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 14_400_000
    };

    private LatencyTimer() {}

    /** Returns a timer of calls and steps, with buckets from 1 ms to 30 s. */
    public static Timer.Builder ofCalls(String name) {
        return Timer.builder(name).serviceLevelObjectives(durations(CALL_MILLIS));
    }

    /** Returns a timer of whole git commands, which can run for hours, with buckets from 20 ms to 4 h. */
    public static Timer.Builder ofCommands(String name) {
        return Timer.builder(name).serviceLevelObjectives(durations(COMMAND_MILLIS));
    }

    private static Duration[] durations(long[] millis) {
        return LongStream.of(millis).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
