package io.gerve.cli.output;

import io.gerve.cli.Gerve;
import io.gerve.explain.Explanation;
import io.gerve.program.ExitStatus;
import io.gerve.request.AuthorizationResult;
import io.gerve.request.ClientMessage;
import io.gerve.routing.FileServerHost;
import java.util.Optional;
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
            .column("decision", explanation -> explanation.result().decision())
            .column("rule", explanation -> explanation.result().rule().label())
            .column("message", explanation -> message(explanation.result()))
            .column(
                    "exit_status",
                    explanation -> explanation
                            .result()
                            .message()
                            .map(ClientMessage::exitStatus)
                            .orElse(0))
            .column("server", explanation -> server(explanation.result()))
            .column(
                    "hosts",
                    explanation -> authorized(explanation.result()).stream()
                            .flatMap(authorized -> authorized.route().hosts().stream())
                            .map(FileServerHost::name)
                            .toList())
            .column(
                    "path",
                    explanation -> authorized(explanation.result())
                            .map(authorized -> authorized.path().text())
                            .orElse(""));

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
        return switch (explanation.result().decision()) {
            case ALLOWED -> ExitStatus.DONE;
            case UNAVAILABLE -> ExitStatus.TRY_AGAIN;
            default -> ExitStatus.REFUSED;
        };
    }

    /** Returns the text that the client receives from the gate, or an empty one. */
    static String message(AuthorizationResult result) {
        return result.message().map(ClientMessage::text).orElse("");
    }

    /** Returns the logical file server, or an empty text if the request does not reach one. */
    static String server(AuthorizationResult result) {
        return authorized(result).map(authorized -> authorized.route().server()).orElse("");
    }

    private static Optional<AuthorizationResult.Authorized> authorized(AuthorizationResult result) {
        return result instanceof AuthorizationResult.Authorized authorized ? Optional.of(authorized) : Optional.empty();
    }
}
