package io.gerve.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Comparison of other clocks with that of this machine. */
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
        return compare(subject, other, clock.instant());
    }

    /** @param here the time of this machine when the other one was read */
    static Finding compare(String subject, Instant other, Instant here) {
        Duration difference = Duration.between(here, other);
        return difference.abs().compareTo(DIFFERENCE_MAX) <= 0
                ? new Finding("clock", subject, Severity.OK, "", "")
                : new Finding(
                        "clock",
                        subject,
                        Severity.ERROR,
                        "Its clock is %d s %s that of this machine."
                                .formatted(
                                        difference.abs().toSeconds(), difference.isNegative() ? "behind" : "ahead of"),
                        "On both machines: timedatectl set-ntp true, then compare: timedatectl");
    }
}
