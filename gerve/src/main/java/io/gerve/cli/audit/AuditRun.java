package io.gerve.cli.audit;

import io.gerve.audit.access.AccessEntry;
import io.gerve.cli.CommandFailure;
import io.gerve.cli.CommandGroup;
import io.gerve.cli.Gerve;
import io.gerve.cli.SiteConnection;
import io.gerve.cli.output.ListingOptions;
import io.gerve.cli.output.Report;
import io.gerve.cli.output.Table;
import io.gerve.program.ExitStatus;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.ParameterException;

/** Run of one audit, from its query to its exit status, which cron jobs rely on. */
final class AuditRun {
    private static final String NEXT_PAGE = "Next page: --after ";

    private AuditRun() {}

    interface Query<T> {
        void run(SiteConnection site, AccessEntry.Sink<T> consumer) throws Exception;
    }

    public static <T> int run(
            CommandGroup command, Table<T> table, ListingOptions listing, Predicate<T> isIssue, Query<T> query) {
        return run(command.gerve(), command::usage, table, listing, isIssue, query);
    }

    /**
     * Runs the query and prints its rows.
     *
     * @param usage makes the exception for options that contradict each other
     * @param isIssue whether a row is an issue
     */
    public static <T> int run(
            Gerve gerve,
            Function<String, ParameterException> usage,
            Table<T> table,
            ListingOptions listing,
            Predicate<T> isIssue,
            Query<T> query) {
        var report = new Report<>(table, listing, gerve.printsJson(), gerve.out(), gerve.progress(), usage);
        var issues = new AtomicLong();
        try (var site = gerve.open()) {
            query.run(site, row -> {
                if (isIssue.test(row) && report.matches(row)) {
                    issues.incrementAndGet();
                }
                return report.add(row);
            });
        } catch (ParameterException e) {
            throw e;
        } catch (Exception e) {
            report.abort();
            return CommandFailure.report(e, gerve);
        }
        report.close();
        if (!report.nextCursor().isEmpty()) {
            gerve.note(NEXT_PAGE + report.nextCursor());
        }
        return issues.get() > 0 ? ExitStatus.REFUSED : ExitStatus.DONE;
    }
}
