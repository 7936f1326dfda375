package io.gerve.cli;

import io.gerve.audit.log.PastRequest;
import io.gerve.session.PushedRefs;
import io.gerve.session.SessionRecord;
import java.util.function.Function;

/** What became of a request, and what would become of it now, as {@code gerve explain} prints it. */
final class ExplainedPast {
    static final Table<PastRequest.Report> REPORT = Table.<PastRequest.Report>rows()
            .column("request", then(record -> record.id().text()))
            .column("time", then(record -> record.at().toString()))
            .column("gate", report -> report.then().gate())
            .column("door", then(record -> record.from().door()))
            .column("address", then(record -> record.from().address()))
            .column("key", then(record -> record.from().key()))
            .column("account", then(record -> record.from().holder()))
            .column("command", then(record -> record.asked().line()))
            .column("repository", then(record -> record.asked().repository()))
            .column("then", then(record -> record.ruling().decision()))
            .column("then_rule", then(record -> record.ruling().rule()))
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
            .column("now", report -> report.now().decision())
            .column("now_rule", report -> report.now().rule())
            .column("now_would_tell", report -> report.now().sentence())
            .column("now_server", report -> report.now().server());

    private ExplainedPast() {}

    private static Function<PastRequest.Report, Object> then(Function<SessionRecord, Object> value) {
        return report -> value.apply(report.then().record());
    }

    private static Function<PastRequest.Report, Object> ended(Function<SessionRecord.Course, Object> value) {
        return then(record -> record.course().isKnown() ? value.apply(record.course()) : RecordPrinter.UNKNOWN);
    }

    private static String ref(PushedRefs.Move move) {
        return "%s %s..%s %s".formatted(move.ref(), move.before(), move.after(), Values.word(move.result()));
    }
}
