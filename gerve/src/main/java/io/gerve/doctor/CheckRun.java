package io.gerve.doctor;

import io.gerve.config.Durations;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.DatabaseFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Run of checks in parallel, each within a limited time. */
public final class CheckRun {
    /** Checks that run at one time. */
    private static final int CONCURRENT_MAX = 16;

    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(200);

    private final Duration timeout;
    private final Consumer<String> progress;

    /**
     * @param timeout maximum time of one check
     * @param progress receives a text for the operator several times a second
     */
    public CheckRun(Duration timeout, Consumer<String> progress) {
        this.timeout = timeout;
        this.progress = progress;
    }

    /**
     * Runs the checks and returns their findings, in the order of the checks. A check that takes too long or fails has
     * one finding, {@link Severity#UNKNOWN}.
     */
    public List<Finding> of(List<Check> checks) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(
                CONCURRENT_MAX, Thread.ofVirtual().name("check-", 0).factory());
        try {
            List<Future<List<Finding>>> results = checks.stream()
                    .map(check -> threads.submit(() -> check.work().run()))
                    .toList();
            int batches = (checks.size() + CONCURRENT_MAX - 1) / CONCURRENT_MAX;
            long end = System.nanoTime() + timeout.multipliedBy(batches).toNanos();
            for (int i = 0; i < checks.size(); i++) {
                findings.addAll(await(checks.get(i), results, i, end));
            }
            return findings;
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Finding> await(Check check, List<Future<List<Finding>>> results, int index, long end)
            throws InterruptedException {
        Future<List<Finding>> result = results.get(index);
        try {
            do {
                long done = results.stream().filter(Future::isDone).count();
                progress.accept("%d of %d checks made, waiting for %s %s"
                        .formatted(done, results.size(), check.name(), check.subject()));
                try {
                    return result.get(PROGRESS_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException _) {
                    // The loop ends at the deadline.
                }
            } while (System.nanoTime() < end);
            return List.of(unknown(check, "The check took longer than " + Durations.text(timeout) + "."));
        } catch (ExecutionException e) {
            return List.of(unknown(check, "The check could not be made: " + reason(e)));
        }
    }

    private static Finding unknown(Check check, String what) {
        return new Finding(
                check.name(),
                check.subject(),
                Severity.UNKNOWN,
                what,
                "Correct the other findings, then check again: gerve doctor");
    }

    private static String reason(ExecutionException failed) {
        Throwable failure = failed.getCause() == null ? failed : failed.getCause();
        String cause = failure instanceof LookupUnavailable
                ? DatabaseFailure.message(failure).map(text -> ": " + text).orElse("")
                : "";
        return failure.getMessage() + cause;
    }
}
