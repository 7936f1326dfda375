package io.gerve.ssh;

import io.gerve.config.FrontendSettings.Times;
import java.time.Duration;

/** Times for a test, in seconds: generous, but for the one that the test is about. */
final class FrontendTimes {
    private Times times = RunningDoor.TIMES;

    FrontendTimes loginGrace(int seconds) {
        times = new Times(
                Duration.ofSeconds(seconds),
                times.keyExchange(),
                times.heartbeat(),
                times.silence(),
                times.idle(),
                times.drain());
        return this;
    }

    FrontendTimes keyExchange(int seconds) {
        times = new Times(
                times.loginGrace(),
                Duration.ofSeconds(seconds),
                times.heartbeat(),
                times.silence(),
                times.idle(),
                times.drain());
        return this;
    }

    FrontendTimes heartbeat(int seconds) {
        times = new Times(
                times.loginGrace(),
                times.keyExchange(),
                Duration.ofSeconds(seconds),
                times.silence(),
                times.idle(),
                times.drain());
        return this;
    }

    FrontendTimes silence(int seconds) {
        times = new Times(
                times.loginGrace(),
                times.keyExchange(),
                times.heartbeat(),
                Duration.ofSeconds(seconds),
                times.idle(),
                times.drain());
        return this;
    }

    FrontendTimes idle(int seconds) {
        times = new Times(
                times.loginGrace(),
                times.keyExchange(),
                times.heartbeat(),
                times.silence(),
                Duration.ofSeconds(seconds),
                times.drain());
        return this;
    }

    Times get() {
        return times;
    }
}
