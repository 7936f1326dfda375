package io.gerve.cli;

import io.gerve.audit.KeyFacts;
import io.gerve.audit.Reach;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code gerve audit keys}. */
@Command(
        name = "keys",
        header =
                "Keys of which something is amiss: stale, never used, weak, expiring, expired, tried twice, of suspended accounts.",
        description = {
            "",
            "Without an option it looks for all of it, with --stale 365d, --never-used 30d and --expiring 30d. A key may come more than once."
        })
final class AuditKeysCommand implements Callable<Integer> {
    private static final Table<KeyFacts> KEYS = Table.<KeyFacts>rows()
            .column("fingerprint", key -> key.fingerprint().text())
            .column("finding", KeyFacts::finding)
            .column("holder", KeyFacts::holder)
            .column("type", KeyFacts::type)
            .column("bits", KeyFacts::bits)
            .column("title", KeyFacts::title)
            .column("added", KeyFacts::added)
            .column("last_used", key -> key.lastUsed().equals(Instant.MIN) ? "" : key.lastUsed())
            .column("expires", key -> key.expires().equals(Instant.MAX) ? "" : key.expires())
            .column("says", KeyFacts::says);

    private static final Duration STALE = Duration.ofDays(365);
    private static final Duration SOON = Duration.ofDays(30);

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private AuditCommand audit;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--stale", paramLabel = "TIME", description = "Last used before: 365d, or a day.")
    private Optional<PointInTime> stale = Optional.empty();

    @Option(names = "--never-used", paramLabel = "TIME", description = "Never used, and added before: 30d, or a day.")
    private Optional<PointInTime> neverUsed = Optional.empty();

    @Option(names = "--weak", description = "Against the site's policy as it is now.")
    private boolean weak;

    @Option(names = "--expiring", paramLabel = "TIME", description = "To expire within: 30d.")
    private Optional<Span> expiring = Optional.empty();

    @Option(names = "--expired", description = "Expired, and still registered.")
    private boolean expired;

    @Option(names = "--duplicates", description = "Of which somebody tried to register a copy.")
    private boolean duplicates;

    @Option(names = "--suspended", description = "Of accounts that are suspended.")
    private boolean suspended;

    @Mixin
    private Listing listing = new Listing();

    private interface Check {
        boolean run(Site site, Reach.Sink<KeyFacts> sink) throws Exception;
    }

    @Override
    public Integer call() {
        return Audited.of(audit.gerve(), this::usage, KEYS, listing, _ -> true, (site, sink) -> {
            for (Check check : checks(Instant.now())) {
                if (!check.run(site, sink)) {
                    return;
                }
            }
        });
    }

    private List<Check> checks(Instant now) {
        boolean all = stale.isEmpty()
                && neverUsed.isEmpty()
                && expiring.isEmpty()
                && !(weak || expired || duplicates || suspended);
        List<Check> checks = new ArrayList<>();
        if (all || stale.isPresent()) {
            Instant before = stale.map(PointInTime::at).orElse(now.minus(STALE));
            checks.add((site, sink) -> site.keyAudit().stale(before, sink));
        }
        if (all || neverUsed.isPresent()) {
            Instant before = neverUsed.map(PointInTime::at).orElse(now.minus(SOON));
            checks.add((site, sink) -> site.keyAudit().neverUsed(before, sink));
        }
        if (all || expired || expiring.isPresent()) {
            Instant from = all || expired ? Instant.EPOCH : now;
            Instant until =
                    all ? now.plus(SOON) : now.plus(expiring.map(Span::time).orElse(Duration.ZERO));
            checks.add((site, sink) -> site.keyAudit().expiring(from, now, until, sink));
        }
        if (all || suspended) {
            checks.add((site, sink) -> site.keyAudit().ofSuspendedAccounts(sink));
        }
        if (all || duplicates) {
            checks.add((site, sink) -> site.keyAudit().duplicates(sink));
        }
        if (all || weak) {
            checks.add((site, sink) -> site.weakKeys(sink));
        }
        return checks;
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
