package io.gerve.cli.output;

import io.gerve.cli.Gerve;
import io.gerve.explain.Explanation;
import io.gerve.program.ExitStatus;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.Route;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Printer of an explanation: the decision, then the rules in the order in which they were tried, then the duration of
 * each step.
 */
public final class ExplanationPrinter {
    private static final Table<Explanation.Tried> RULES = Table.<Explanation.Tried>rows()
            .column("rule", tried -> tried.rule().label())
            .column("applies", Explanation.Tried::applies)
            .column("fact", Explanation.Tried::fact);

    private static final Table<Explanation.Step> STEPS = Table.<Explanation.Step>rows()
            .column("step", Explanation.Step::name)
            .column(
                    "duration_ms",
                    step -> TimeUnit.NANOSECONDS.toMicros(step.took().toNanos()) / 1000.0);

    private static final Table<Explanation> OUTCOME = Table.<Explanation>rows()
            .column("decision", Explanation::decision)
            .column("rule", Explanation::rule)
            .column("message", Explanation::message)
            .column("exit_status", Explanation::exitStatus)
            .column(
                    "server",
                    explanation -> explanation.route().map(Route::server).orElse(""))
            .column(
                    "hosts",
                    explanation -> explanation.route().map(Route::hosts).orElse(List.of()).stream()
                            .map(FileServerHost::name)
                            .toList())
            .column("path", Explanation::path);

    private static final Table<Explanation> ALL = OUTCOME.column(
                    "rules", explanation -> RULES.objects(explanation.tried()))
            .column("steps", explanation -> STEPS.objects(explanation.steps()));

    private final Gerve gerve;

    public ExplanationPrinter(Gerve gerve) {
        this.gerve = gerve;
    }

    /** Prints the explanation and returns the exit status: 0 allowed, 1 denied, 75 unavailable. */
    public int print(Explanation explanation) {
        if (gerve.printsJson()) {
            gerve.printOne(ALL, explanation);
        } else {
            gerve.printOne(OUTCOME, explanation);
            gerve.print("");
            gerve.print(RULES, explanation.tried());
            gerve.print("");
            gerve.print(STEPS, explanation.steps());
        }
        return switch (explanation.decision()) {
            case ALLOWED -> ExitStatus.DONE;
            case UNAVAILABLE -> ExitStatus.TRY_AGAIN;
            default -> ExitStatus.REFUSED;
        };
    }
}
