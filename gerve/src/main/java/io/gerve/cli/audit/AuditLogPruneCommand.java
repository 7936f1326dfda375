package io.gerve.cli.audit;

import io.gerve.accesslog.MysqlAccessLogPruner;
import io.gerve.cli.ExitStatus;
import io.gerve.cli.Gerve;
import io.gerve.config.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code gerve audit log prune}. */
@Command(
        name = "prune",
        header = "Remove records that are older than they are to be kept.",
        description = {
            "",
            "A thousand in each transaction, so that gates go on writing meanwhile. Run it daily. What is kept can still be verified.",
        },
        exitCodeList = {
            "0:Done.",
            "1:It cannot be done: it says why.",
            "2:Called wrongly.",
            "75:The database did not answer. Try again."
        })
final class AuditLogPruneCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private AuditLogCommand log;

    @Option(names = "--keep", paramLabel = "TIME", description = "In place of audit.retention: 90d.")
    private Optional<Duration> keep = Optional.empty();

    @Override
    public Integer call() throws Exception {
        log.requireNothingButTheCommand();
        Gerve gerve = log.audit().gerve();
        try (var site = gerve.open()) {
            Duration age = keep.orElse(gerve.config().audit().retention());
            long removed = new MysqlAccessLogPruner(site.database())
                    .removeBefore(Instant.now().minus(age));
            gerve.note(removed + " records older than " + Durations.text(age) + " are removed.");
        }
        return ExitStatus.DONE;
    }
}
