package io.gerve.cli.output;

import io.gerve.accesslog.AccessLogRecord;
import io.gerve.cli.option.OptionConverters;
import io.gerve.explain.Explainer;
import io.gerve.explain.Explanation;
import io.gerve.explain.PastRequestExplainer;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.push.PushedRefs;
import java.util.Optional;
import java.util.function.Function;

/** Output of {@code gerve explain REQUEST-ID}: the record of the request, and what the gate would decide now. */
public final class PastRequestPrinter {
    public static final Table<PastRequestPrinter> REPORT = Table.<PastRequestPrinter>rows()
            .column("request_id", then(record -> record.id().text()))
            .column("occurred_at", then(record -> record.at().toString()))
            .column("gate", past -> past.report.then().gate())
            .column("frontend", then(record -> record.client().frontend()))
            .column("client_address", then(record -> record.client().address()))
            .column("key_fingerprint", then(record -> record.client().key()))
            .column("principal", then(record -> record.client().principal()))
            .column("exec_line", then(record -> record.request().execLine()))
            .column("repository", then(record -> record.request().repository()))
            .column("then_decision", then(record -> record.decision().decision()))
            .column("then_rule", then(record -> record.decision().rule()))
            .column("then_fact", past -> past.fact)
            .column("then_message", then(record -> record.decision().message()))
            .column("then_server", then(record -> record.decision().server()))
            .column("then_host", then(record -> record.decision().host()))
            .column("exit_status", ended(AccessLogRecord.OutcomeFields::exitStatus))
            .column("ended_by", then(record -> record.outcome().endedBy()))
            .column("duration_ms", then(record -> record.outcome().durationMillis()))
            .column("bytes_in", ended(AccessLogRecord.OutcomeFields::bytesIn))
            .column("bytes_out", ended(AccessLogRecord.OutcomeFields::bytesOut))
            .column(
                    "refs",
                    then(record -> record.refs().updates().stream()
                            .map(PastRequestPrinter::ref)
                            .toList()))
            .column("now_decision", past -> past.report.now().decision())
            .column("now_rule", past -> past.report.now().rule().label())
            .column("now_message", past -> ExplanationPrinter.message(past.report.now()))
            .column("now_server", past -> ExplanationPrinter.server(past.report.now()));

    private final PastRequestExplainer.Report report;
    private final String fact;

    private PastRequestPrinter(PastRequestExplainer.Report report, String fact) {
        this.report = report;
        this.fact = fact;
    }

    /** @param then explainer at the time of the request */
    public static PastRequestPrinter of(PastRequestExplainer.Report report, Explainer then) throws LookupUnavailable {
        AccessLogRecord record = report.then().record();
        Optional<Fingerprint> key = record.client().fingerprint();
        Optional<GitCommand> command = PastRequestExplainer.command(record.request());
        if (key.isEmpty() || command.isEmpty()) {
            return new PastRequestPrinter(report, "");
        }
        return new PastRequestPrinter(
                report,
                then.explain(key.get(), command.get()).tried().stream()
                        .filter(tried -> tried.applies()
                                && tried.rule().label().equals(record.decision().rule()))
                        .findFirst()
                        .map(Explanation.Tried::fact)
                        .orElse(""));
    }

    private static Function<PastRequestPrinter, Object> then(Function<AccessLogRecord, Object> value) {
        return past -> value.apply(past.report.then().record());
    }

    private static Function<PastRequestPrinter, Object> ended(Function<AccessLogRecord.OutcomeFields, Object> value) {
        return then(record -> record.outcome().isKnown() ? value.apply(record.outcome()) : AccessLogPrinter.UNKNOWN);
    }

    private static String ref(PushedRefs.RefUpdate update) {
        return "%s %s..%s %s"
                .formatted(update.ref(), update.before(), update.after(), OptionConverters.constant(update.result()));
    }
}
