package io.gerve.cli.audit;

import io.gerve.accesslog.ChainHead;
import io.gerve.accesslog.ChainVerifier;
import io.gerve.cli.Gerve;
import io.gerve.cli.output.Table;
import io.gerve.program.ExitStatus;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code gerve audit log head}. */
@Command(
        name = "head",
        header = "Print the head of each gate's chain of records, to keep it outside of the database.",
        description = {
            "",
            "A head that is kept elsewhere shows later that no record up to it was removed or rewritten, even by somebody"
                    + " who can write to the database. Gates write it to their own log too.",
            "",
            "  gerve audit log head >> /mnt/worm/gerve-heads",
            "  gerve audit log verify --from-head gate1:1042:9f86d0…",
        },
        exitCodeList = {
            "0:Done.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            ExitStatus.TRY_AGAIN_HELP,
            ExitStatus.CONFIG_HELP
        })
final class AuditLogHeadCommand implements Callable<Integer> {
    private static final Table<ChainHead> HEADS = Table.<ChainHead>rows()
            .column("gate", ChainHead::gate)
            .column("position", ChainHead::position)
            .column("hash", ChainHead::hash);

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private AuditLogCommand log;

    @Override
    public Integer call() throws Exception {
        log.requireNoOptions();
        Gerve gerve = log.audit().gerve();
        try (var site = gerve.open()) {
            List<ChainHead> heads = new ChainVerifier(site.accessLog()).heads();
            if (gerve.printsJson()) {
                gerve.print(HEADS, heads);
            } else {
                heads.forEach(head -> gerve.print(head.text()));
            }
        }
        return ExitStatus.DONE;
    }
}
