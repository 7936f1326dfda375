package io.gerve.cli.audit;

import io.gerve.accesslog.MysqlAccessLogPruner;
import io.gerve.cli.Gerve;
import io.gerve.cli.option.DurationOption;
import io.gerve.config.Durations;
import io.gerve.program.ExitStatus;
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
        header = "Remove old records from the access log.",
        description = {
            "",
            "Removes records that are older than audit.retention, a thousand in each transaction, so that gates can"
                    + " write meanwhile. Run it"
                    + " daily, with the configuration file of the database user that can remove records. The remaining"
                    + " records can still be verified. gerve audit changes shows who pruned what.",
            "",
            "  gerve --config /etc/gerve/prune.toml audit log prune --older-than 90d",
        },
        exitCodeList = {
            "0:Done.",
            "1:Refused, and nothing was removed; or the oldest records of a gate have times in the future.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            ExitStatus.TRY_AGAIN_HELP,
            ExitStatus.CONFIG_HELP
        })
final class AuditLogPruneCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private AuditLogCommand log;

    @Option(
            names = "--older-than",
            paramLabel = "TIME",
            description =
                    "Instead of audit.retention: 90d. Less than that asks on a terminal; elsewhere it needs --yes.")
    private Optional<DurationOption> olderThan = Optional.empty();

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Override
    public Integer call() throws Exception {
        log.requireNoOptions();
        Gerve gerve = log.audit().gerve();
        Duration age = olderThan
                .map(DurationOption::duration)
                .orElse(gerve.config().audit().retention());
        if (age.compareTo(gerve.config().audit().retention()) < 0) {
            gerve.confirm(
                    yes,
                    age.isZero()
                            ? "Remove every record of the access log?"
                            : "Remove every record that is older than " + Durations.text(age)
                                    + ", though audit.retention is longer?");
        }
        try (var site = gerve.open()) {
            Instant before = Instant.now().minus(age);
            var pruner = new MysqlAccessLogPruner(site.database());
            pruner.checkRight();
            site.siteStore().recordPruning(before);
            MysqlAccessLogPruner.Pruned pruned = pruner.removeBefore(before);
            gerve.note(pruned.removed() + " records older than " + Durations.text(age) + " are removed.");
            for (String gate : pruned.blocked()) {
                gerve.note("The oldest records of " + gate + " have times in the future and stay."
                        + " Run: gerve audit log verify");
            }
            return pruned.blocked().isEmpty() ? ExitStatus.DONE : ExitStatus.REFUSED;
        }
    }
}
