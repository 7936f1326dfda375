package io.gerve.cli.audit;

import io.gerve.audit.access.Results;
import io.gerve.cli.CommandFailure;
import io.gerve.cli.CommandGroup;
import io.gerve.cli.Gerve;
import io.gerve.cli.SiteConnection;
import io.gerve.cli.output.ListingOptions;
import io.gerve.cli.output.Report;
import io.gerve.cli.output.Table;
import io.gerve.program.ExitStatus;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.ParameterException;

/** Run of one audit, from its query to its exit status, which cron jobs rely on. */
final class AuditRun {
    private static final String NEXT_PAGE = "Next page: --after ";

    private AuditRun() {}

    interface Query<T> {
        Results<T> rows(SiteConnection site) throws Exception;
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
        long issues = 0;
        try (var site = gerve.open()) {
            Results<T> rows = query.rows(site);
            for (var row = rows.next(); row.isPresent(); row = report.isFull() ? Optional.empty() : rows.next()) {
                if (isIssue.test(row.get()) && report.matches(row.get())) {
                    issues++;
                }
                report.add(row.get());
            }
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
        return issues > 0 ? ExitStatus.REFUSED : ExitStatus.DONE;
    }
}
