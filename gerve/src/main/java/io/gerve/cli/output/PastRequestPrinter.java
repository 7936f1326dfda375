package io.gerve.cli.output;

import io.gerve.accesslog.AccessLogRecord;
import io.gerve.cli.option.OptionConverters;
import io.gerve.explain.Explainer;
import io.gerve.explain.Explanation;
import io.gerve.explain.PastRequestExplainer;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.push.PushedRefs;
import java.util.Optional;
import java.util.function.Function;

/** What became of a request, and what would become of it now, as {@code gerve explain} prints it. */
public final class PastRequestPrinter {
    public static final Table<PastRequestPrinter> REPORT = Table.<PastRequestPrinter>rows()
            .column("request", then(record -> record.id().text()))
            .column("time", then(record -> record.at().toString()))
            .column("gate", past -> past.report.then().gate())
            .column("door", then(record -> record.client().frontend()))
            .column("address", then(record -> record.client().address()))
            .column("key", then(record -> record.client().key()))
            .column("account", then(record -> record.client().principal()))
            .column("command", then(record -> record.request().execLine()))
            .column("repository", then(record -> record.request().repository()))
            .column("then", then(record -> record.decision().decision()))
            .column("then_rule", then(record -> record.decision().rule()))
            .column("then_fact", past -> past.fact)
            .column("then_told", then(record -> record.decision().message()))
            .column("then_server", then(record -> record.decision().server()))
            .column("then_host", then(record -> record.decision().host()))
            .column("exit_status", ended(AccessLogRecord.OutcomeFields::exitStatus))
            .column("ended_by", then(record -> record.outcome().endedBy()))
            .column("milliseconds", then(record -> record.outcome().durationMillis()))
            .column("bytes_in", ended(AccessLogRecord.OutcomeFields::bytesIn))
            .column("bytes_out", ended(AccessLogRecord.OutcomeFields::bytesOut))
            .column(
                    "refs",
                    then(record -> record.refs().updates().stream()
                            .map(PastRequestPrinter::ref)
                            .toList()))
            .column("now", past -> past.report.now().decision())
            .column("now_rule", past -> past.report.now().rule())
            .column("now_would_tell", past -> past.report.now().message())
            .column("now_server", past -> past.report.now().server());

    private final PastRequestExplainer.Report report;
    private final String fact;

    private PastRequestPrinter(PastRequestExplainer.Report report, String fact) {
        this.report = report;
        this.fact = fact;
    }

    /** @param then explains by what was recorded of rights at the time of the request */
    public static PastRequestPrinter of(PastRequestExplainer.Report report, Explainer then) {
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

    private static String ref(PushedRefs.RefUpdate move) {
        return "%s %s..%s %s"
                .formatted(move.ref(), move.before(), move.after(), OptionConverters.constant(move.result()));
    }
}
