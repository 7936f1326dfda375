package io.gerve.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private long now;
    private boolean isDatabaseAnswering = true;
    private boolean isRedisAnswering = true;
    private final DependencyProbe database =
            new DependencyProbe("database", () -> faultUnless(isDatabaseAnswering), registry, () -> now);
    private final DependencyProbe redis =
            new DependencyProbe("redis", () -> faultUnless(isRedisAnswering), registry, () -> now);
    private final Readiness readiness = new Readiness(registry, database, redis);

    private static Optional<String> faultUnless(boolean isAnswering) {
        return isAnswering ? Optional.empty() : Optional.of("nothing accepts connections");
    }

    @Test
    void programIsReadyOnlyWhileItServes() {
        check();
        assertThat(readiness.isReady()).isFalse();
        assertThat(readiness.text()).isEqualTo("starting\ndatabase ok\nredis ok\n");
        readiness.serving();
        assertThat(readiness.isReady()).isTrue();
        readiness.draining();
        assertThat(readiness.isReady()).isFalse();
        assertThat(readiness.text()).startsWith("draining\n");
    }

    @Test
    void programIsNotReadyBeforeADependencyHasAnswered() {
        readiness.serving();
        assertThat(readiness.isReady()).isFalse();
        redis.check();
        assertThat(readiness.isReady()).isTrue();
        assertThat(readiness.text()).isEqualTo("serving\ndatabase does not answer\nredis ok\n");
    }

    @Test
    void oneDependencyThatAnswersIsEnough() {
        readiness.serving();
        check();
        isDatabaseAnswering = false;
        passAndCheck(Duration.ofHours(1));
        assertThat(readiness.isReady()).isTrue();
        isDatabaseAnswering = true;
        isRedisAnswering = false;
        passAndCheck(Duration.ofHours(1));
        assertThat(readiness.isReady()).isTrue();
        assertThat(readiness.text()).isEqualTo("serving\ndatabase ok\nredis does not answer\n");
    }

    @Test
    void programIsNotReadyOnceNeitherHasAnsweredForThreeSeconds() {
        readiness.serving();
        check();
        isDatabaseAnswering = false;
        isRedisAnswering = false;
        passAndCheck(Duration.ofSeconds(3).minusNanos(1));
        assertThat(readiness.isReady()).isTrue();
        passAndCheck(Duration.ofNanos(1));
        assertThat(readiness.isReady()).isFalse();
        isRedisAnswering = true;
        check();
        assertThat(readiness.isReady()).isTrue();
    }

    /** A check that hangs must not keep the dependency up. */
    @Test
    void dependencyThatHangsIsDownWithoutTheEndOfTheCheck() {
        readiness.serving();
        check();
        now += Duration.ofSeconds(3).toNanos();
        assertThat(readiness.isReady()).isFalse();
        assertThat(registry.get("gerve.dependency.up")
                        .tag("dependency", "redis")
                        .gauge()
                        .value())
                .isZero();
    }

    @Test
    void checksAreMeasuredByResult() {
        check();
        isRedisAnswering = false;
        check();
        assertThat(checks("redis", "answered")).isEqualTo(1);
        assertThat(checks("redis", "failed")).isEqualTo(1);
        assertThat(checks("database", "answered")).isEqualTo(2);
    }

    private long checks(String dependency, String result) {
        return registry.get("gerve.dependency.check")
                .tags("dependency", dependency, "result", result)
                .timer()
                .count();
    }

    private void check() {
        database.check();
        redis.check();
    }

    private void passAndCheck(Duration time) {
        now += time.toNanos();
        check();
    }
}
