package io.gerve.cli;

import io.gerve.audit.Reach;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.ParameterException;

/** One audit from its question to its exit status, which programs that run from cron go by. */
final class Audited {
    private static final int SOUND = 0;
    private static final int AMISS = 1;
    private static final int NOT_FOUND_OUT = 2;
    private static final String NEXT_PAGE = "Next page: --after ";

    private Audited() {}

    interface Question<T> {
        void ask(Site site, Reach.Sink<T> sink) throws Exception;
    }

    static <T> int of(CommandGroup command, Table<T> table, Listing listing, Predicate<T> amiss, Question<T> question) {
        return of(command.gerve(), command::usage, table, listing, amiss, question);
    }

    /** @param usage makes the exception for options that do not go together
     *  @param amiss whether a row is a finding */
    static <T> int of(
            Gerve gerve,
            Function<String, ParameterException> usage,
            Table<T> table,
            Listing listing,
            Predicate<T> amiss,
            Question<T> question) {
        var report = new Report<>(table, listing, gerve.printsJson(), gerve.out(), gerve.progress(), usage);
        var found = new AtomicLong();
        try (var site = gerve.open()) {
            question.ask(site, row -> {
                if (amiss.test(row) && report.matches(row)) {
                    found.incrementAndGet();
                }
                return report.take(row);
            });
        } catch (Exception e) {
            report.breakOff();
            gerve.note("gerve: " + ExitStatus.sentence(e));
            return NOT_FOUND_OUT;
        }
        report.close();
        if (!report.end().isEmpty()) {
            gerve.note(NEXT_PAGE + report.end());
        }
        return found.get() > 0 ? AMISS : SOUND;
    }
}
