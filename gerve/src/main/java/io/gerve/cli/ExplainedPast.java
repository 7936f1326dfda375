package io.gerve.cli;

import io.gerve.audit.log.PastRequest;
import io.gerve.git.GitCommand;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.session.Explainer;
import io.gerve.session.Explanation;
import io.gerve.session.PushedRefs;
import io.gerve.session.SessionRecord;
import java.util.Optional;
import java.util.function.Function;

/** What became of a request, and what would become of it now, as {@code gerve explain} prints it. */
final class ExplainedPast {
    static final Table<ExplainedPast> REPORT = Table.<ExplainedPast>rows()
            .column("request", then(record -> record.id().text()))
            .column("time", then(record -> record.at().toString()))
            .column("gate", past -> past.report.then().gate())
            .column("door", then(record -> record.from().door()))
            .column("address", then(record -> record.from().address()))
            .column("key", then(record -> record.from().key()))
            .column("account", then(record -> record.from().holder()))
            .column("command", then(record -> record.asked().line()))
            .column("repository", then(record -> record.asked().repository()))
            .column("then", then(record -> record.ruling().decision()))
            .column("then_rule", then(record -> record.ruling().rule()))
            .column("then_fact", past -> past.fact)
            .column("then_told", then(record -> record.ruling().told()))
            .column("then_server", then(record -> record.ruling().server()))
            .column("then_host", then(record -> record.ruling().host()))
            .column("exit_status", ended(SessionRecord.Course::exit))
            .column("ended_by", then(record -> record.course().endedBy()))
            .column("milliseconds", then(record -> record.course().milliseconds()))
            .column("bytes_in", ended(SessionRecord.Course::bytesIn))
            .column("bytes_out", ended(SessionRecord.Course::bytesOut))
            .column(
                    "refs",
                    then(record -> record.refs().moves().stream()
                            .map(ExplainedPast::ref)
                            .toList()))
            .column("now", past -> past.report.now().decision())
            .column("now_rule", past -> past.report.now().rule())
            .column("now_would_tell", past -> past.report.now().sentence())
            .column("now_server", past -> past.report.now().server());

    private final PastRequest.Report report;
    private final String fact;

    private ExplainedPast(PastRequest.Report report, String fact) {
        this.report = report;
        this.fact = fact;
    }

    /** @param then explains by what was recorded of rights at the time of the request */
    static ExplainedPast of(PastRequest.Report report, Explainer then) {
        SessionRecord record = report.then().record();
        Optional<Fingerprint> key = record.from().fingerprint();
        Optional<GitCommand> command = PastRequest.command(record.asked());
        if (key.isEmpty() || command.isEmpty()) {
            return new ExplainedPast(report, "");
        }
        return new ExplainedPast(
                report,
                then.explain(key.get(), command.get()).tried().stream()
                        .filter(tried -> tried.applies()
                                && tried.rule().word().equals(record.ruling().rule()))
                        .findFirst()
                        .map(Explanation.Tried::fact)
                        .orElse(""));
    }

    private static Function<ExplainedPast, Object> then(Function<SessionRecord, Object> value) {
        return past -> value.apply(past.report.then().record());
    }

    private static Function<ExplainedPast, Object> ended(Function<SessionRecord.Course, Object> value) {
        return then(record -> record.course().isKnown() ? value.apply(record.course()) : RecordPrinter.UNKNOWN);
    }

    private static String ref(PushedRefs.Move move) {
        return "%s %s..%s %s".formatted(move.ref(), move.before(), move.after(), Values.word(move.result()));
    }
}
