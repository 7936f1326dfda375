package io.gerve.cli.audit;

import io.gerve.accesslog.ChainHead;
import io.gerve.accesslog.ChainVerifier;
import io.gerve.cli.Gerve;
import io.gerve.cli.output.Table;
import io.gerve.program.ExitStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code gerve audit log verify}. */
@Command(
        name = "verify",
        header = "Verify that no record of the access log was changed, removed, moved or added.",
        description = {
            "",
            "Follows each gate's chain of records. Somebody who can write to the database can remove the newest"
                    + " records and set the head back; --from-head, with a head that was kept elsewhere, shows that.",
        },
        exitCodeList = {
            "0:No issues.",
            "1:Issues found: see the rows.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            ExitStatus.TRY_AGAIN_HELP,
            ExitStatus.CONFIG_HELP
        })
final class AuditLogVerifyCommand implements Callable<Integer> {
    private static final Table<ChainVerifier.Issue> ISSUES = Table.<ChainVerifier.Issue>rows()
            .column("gate", ChainVerifier.Issue::gate)
            .column("issue", ChainVerifier.Issue::kind)
            .column("position", ChainVerifier.Issue::position)
            .column("request_id", ChainVerifier.Issue::request)
            .column("description", ChainVerifier.Issue::description);

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private AuditLogCommand log;

    @Option(
            names = "--from-head",
            paramLabel = "GATE:POSITION:HASH",
            description = "A head that gerve audit log head or a gate's log printed earlier. The chain must contain it."
                    + " Can be given more than once.")
    private List<ChainHead> kept = List.of();

    @Override
    public Integer call() throws Exception {
        log.requireNoOptions();
        Gerve gerve = log.audit().gerve();
        try (var site = gerve.open()) {
            List<ChainVerifier.Issue> issues = new ArrayList<>();
            var verifier = new ChainVerifier(site.accessLog());
            List<ChainVerifier.ChainReport> chains = verifier.verifyAll();
            if (chains.isEmpty()) {
                gerve.note("No gate has written a record yet.");
            }
            for (ChainVerifier.ChainReport chain : chains) {
                issues.addAll(chain.issues());
                gerve.note(summary(chain));
            }
            for (ChainHead head : kept) {
                verifier.compare(head).ifPresent(issues::add);
            }
            if (!issues.isEmpty() || gerve.printsJson()) {
                gerve.print(ISSUES, issues);
            }
            return issues.isEmpty() ? ExitStatus.DONE : ExitStatus.REFUSED;
        }
    }

    private static String summary(ChainVerifier.ChainReport chain) {
        return "%s: records %d to %d, sha256 %s, %s"
                .formatted(
                        chain.gate(),
                        chain.first(),
                        chain.last(),
                        chain.hash(),
                        chain.issues().isEmpty() ? "unchanged" : chain.issues().size() + " issues");
    }
}
