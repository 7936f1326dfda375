package io.gerve.cli.audit;

import io.gerve.audit.access.AccessEntry;
import io.gerve.cli.CommandGroup;
import io.gerve.cli.ExitStatus;
import io.gerve.cli.Gerve;
import io.gerve.cli.SiteConnection;
import io.gerve.cli.output.ListingOptions;
import io.gerve.cli.output.Report;
import io.gerve.cli.output.Table;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.ParameterException;

/** One audit from its question to its exit status, which programs that run from cron go by. */
final class AuditRun {
    private static final int NO_ISSUES = 0;
    private static final int ISSUES_FOUND = 1;
    private static final int LOOKUP_FAILED = 2;
    private static final String NEXT_PAGE = "Next page: --after ";

    private AuditRun() {}

    interface Query<T> {
        void ask(SiteConnection site, AccessEntry.Sink<T> sink) throws Exception;
    }

    public static <T> int run(
            CommandGroup command, Table<T> table, ListingOptions listing, Predicate<T> amiss, Query<T> question) {
        return run(command.gerve(), command::usage, table, listing, amiss, question);
    }

    /** @param usage makes the exception for options that do not go together
     *  @param amiss whether a row is a finding */
    public static <T> int run(
            Gerve gerve,
            Function<String, ParameterException> usage,
            Table<T> table,
            ListingOptions listing,
            Predicate<T> amiss,
            Query<T> question) {
        var report = new Report<>(table, listing, gerve.printsJson(), gerve.out(), gerve.progress(), usage);
        var found = new AtomicLong();
        try (var site = gerve.open()) {
            question.ask(site, row -> {
                if (amiss.test(row) && report.matches(row)) {
                    found.incrementAndGet();
                }
                return report.add(row);
            });
        } catch (Exception e) {
            report.abort();
            gerve.note("gerve: " + ExitStatus.sentence(e));
            return LOOKUP_FAILED;
        }
        report.close();
        if (!report.end().isEmpty()) {
            gerve.note(NEXT_PAGE + report.end());
        }
        return found.get() > 0 ? ISSUES_FOUND : NO_ISSUES;
    }
}
