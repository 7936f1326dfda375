package io.gerve.ssh;

import io.gerve.config.FrontendSettings.Timeouts;
import java.time.Duration;

/** Builder of timeouts for a test, in seconds. All are long, except the one that the test sets. */
final class FrontendTimeouts {
    private Timeouts timeouts = RunningFrontend.TIMEOUTS;

    FrontendTimeouts loginGraceTime(int seconds) {
        timeouts = new Timeouts(
                Duration.ofSeconds(seconds),
                timeouts.kexTimeout(),
                timeouts.keepaliveInterval(),
                timeouts.clientAliveTimeout(),
                timeouts.idleTimeout(),
                timeouts.drainTimeout());
        return this;
    }

    FrontendTimeouts kexTimeout(int seconds) {
        timeouts = new Timeouts(
                timeouts.loginGraceTime(),
                Duration.ofSeconds(seconds),
                timeouts.keepaliveInterval(),
                timeouts.clientAliveTimeout(),
                timeouts.idleTimeout(),
                timeouts.drainTimeout());
        return this;
    }

    FrontendTimeouts keepaliveInterval(int seconds) {
        timeouts = new Timeouts(
                timeouts.loginGraceTime(),
                timeouts.kexTimeout(),
                Duration.ofSeconds(seconds),
                timeouts.clientAliveTimeout(),
                timeouts.idleTimeout(),
                timeouts.drainTimeout());
        return this;
    }

    FrontendTimeouts clientAliveTimeout(int seconds) {
        timeouts = new Timeouts(
                timeouts.loginGraceTime(),
                timeouts.kexTimeout(),
                timeouts.keepaliveInterval(),
                Duration.ofSeconds(seconds),
                timeouts.idleTimeout(),
                timeouts.drainTimeout());
        return this;
    }

    FrontendTimeouts idleTimeout(int seconds) {
        timeouts = new Timeouts(
                timeouts.loginGraceTime(),
                timeouts.kexTimeout(),
                timeouts.keepaliveInterval(),
                timeouts.clientAliveTimeout(),
                Duration.ofSeconds(seconds),
                timeouts.drainTimeout());
        return this;
    }

    Timeouts get() {
        return timeouts;
    }
}
