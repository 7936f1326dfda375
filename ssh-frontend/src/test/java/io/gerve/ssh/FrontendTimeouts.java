package io.gerve.ssh;

import io.gerve.config.FrontendSettings.Timeouts;
import java.time.Duration;

/** Times for a test, in seconds: generous, but for the one that the test is about. */
final class FrontendTimeouts {
    private Timeouts times = RunningFrontend.TIMES;

    FrontendTimeouts loginGrace(int seconds) {
        times = new Timeouts(
                Duration.ofSeconds(seconds),
                times.kexTimeout(),
                times.keepaliveInterval(),
                times.clientAliveTimeout(),
                times.idleTimeout(),
                times.drainTimeout());
        return this;
    }

    FrontendTimeouts keyExchange(int seconds) {
        times = new Timeouts(
                times.loginGraceTime(),
                Duration.ofSeconds(seconds),
                times.keepaliveInterval(),
                times.clientAliveTimeout(),
                times.idleTimeout(),
                times.drainTimeout());
        return this;
    }

    FrontendTimeouts heartbeat(int seconds) {
        times = new Timeouts(
                times.loginGraceTime(),
                times.kexTimeout(),
                Duration.ofSeconds(seconds),
                times.clientAliveTimeout(),
                times.idleTimeout(),
                times.drainTimeout());
        return this;
    }

    FrontendTimeouts silence(int seconds) {
        times = new Timeouts(
                times.loginGraceTime(),
                times.kexTimeout(),
                times.keepaliveInterval(),
                Duration.ofSeconds(seconds),
                times.idleTimeout(),
                times.drainTimeout());
        return this;
    }

    FrontendTimeouts idle(int seconds) {
        times = new Timeouts(
                times.loginGraceTime(),
                times.kexTimeout(),
                times.keepaliveInterval(),
                times.clientAliveTimeout(),
                Duration.ofSeconds(seconds),
                times.drainTimeout());
        return this;
    }

    Timeouts get() {
        return times;
    }
}
