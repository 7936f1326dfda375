package io.gerve.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Comparison of clocks. */
public final class ClockCheck {
    private static final Duration DIFFERENCE_MAX = Duration.ofMinutes(1);

    private final InstantSource clock;

    public ClockCheck(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * @param subject the machine of the other clock
     * @param other its time, read just now
     */
    Finding compare(String subject, Instant other) {
        return compare(subject, other, clock.instant(), "this machine");
    }

    /**
     * @param reference the time of the reference when the other one was read
     * @param whose the reference, as the finding names it
     */
    static Finding compare(String subject, Instant other, Instant reference, String whose) {
        Duration difference = Duration.between(reference, other);
        return difference.abs().compareTo(DIFFERENCE_MAX) <= 0
                ? new Finding("clock", subject, Severity.OK, "", "")
                : new Finding(
                        "clock",
                        subject,
                        Severity.ERROR,
                        "Its clock is %d s %s that of %s."
                                .formatted(
                                        difference.abs().toSeconds(),
                                        difference.isNegative() ? "behind" : "ahead of",
                                        whose),
                        "On both machines: timedatectl set-ntp true, then compare: timedatectl");
    }
}
