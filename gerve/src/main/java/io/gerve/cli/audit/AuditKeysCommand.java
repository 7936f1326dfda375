package io.gerve.cli.audit;

import io.gerve.audit.KeyAuditEntry;
import io.gerve.audit.KeyCursor;
import io.gerve.audit.KeyCursor.Check;
import io.gerve.audit.MysqlKeyAudit;
import io.gerve.audit.access.AccessEntry;
import io.gerve.cli.SiteConnection;
import io.gerve.cli.option.DurationOption;
import io.gerve.cli.option.PointInTime;
import io.gerve.cli.output.ListingOptions;
import io.gerve.cli.output.Table;
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
            "Without an option it looks for all of it, with --stale 365d, --never-used 30d and --expiring 30d. A key may come more than once.",
            "",
            "Where --limit cuts the answer, a line on standard error says how to go on: Next page: --after stale:1717200000000000:42"
        })
final class AuditKeysCommand implements Callable<Integer> {
    private static final Table<KeyAuditEntry> KEYS = Table.<KeyAuditEntry>rows()
            .column("fingerprint", key -> key.fingerprint().text())
            .column("finding", KeyAuditEntry::issue)
            .column("holder", KeyAuditEntry::principal)
            .column("type", KeyAuditEntry::type)
            .column("bits", KeyAuditEntry::bits)
            .column("title", KeyAuditEntry::title)
            .column("added", KeyAuditEntry::addedAt)
            .column("last_used", key -> key.lastUsedAt().equals(Instant.MIN) ? "" : key.lastUsedAt())
            .column("expires", key -> key.expiresAt().equals(Instant.MAX) ? "" : key.expiresAt())
            .column("says", KeyAuditEntry::description)
            .cursorColumn(key -> key.cursor().toString());

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

    @Option(names = "--weak", description = "That the site's policy, as it is now, would not take.")
    private boolean weak;

    @Option(names = "--expiring", paramLabel = "TIME", description = "To expire within: 30d.")
    private Optional<DurationOption> expiring = Optional.empty();

    @Option(names = "--expired", description = "Expired, and still registered.")
    private boolean expired;

    @Option(names = "--duplicates", description = "Of which somebody tried to register a copy.")
    private boolean duplicates;

    @Option(names = "--suspended", description = "Of accounts that are suspended.")
    private boolean suspended;

    @Mixin
    private ListingOptions listing = new ListingOptions();

    /** @param start of the first row that is looked for */
    private record Search(KeyCursor start, Run run) {
        Check check() {
            return start.check();
        }
    }

    private interface Run {
        boolean from(KeyCursor place, SiteConnection site, AccessEntry.Sink<KeyAuditEntry> sink) throws Exception;
    }

    @Override
    public Integer call() {
        List<Search> searches = searches(Instant.now());
        Optional<KeyCursor> after = listing.after().map(this::cursor);
        if (after.isPresent()
                && searches.stream()
                        .noneMatch(search -> search.check() == after.get().check())) {
            throw usage("--after " + after.get() + " goes on with what is not looked for.");
        }
        return AuditRun.run(audit.gerve(), this::usage, KEYS, listing, _ -> true, (site, sink) -> {
            for (Search search : searches) {
                int beside = after.map(place -> search.check().compareTo(place.check()))
                        .orElse(1);
                KeyCursor start = beside == 0 ? after.orElseThrow() : search.start();
                if (beside >= 0 && !search.run().from(start, site, sink)) {
                    return;
                }
            }
        });
    }

    private KeyCursor cursor(String text) {
        try {
            return KeyCursor.parse(text);
        } catch (IllegalArgumentException _) {
            throw usage("--after takes what an earlier page said on standard error, and not " + text + ".");
        }
    }

    private List<Search> searches(Instant now) {
        boolean all = stale.isEmpty()
                && neverUsed.isEmpty()
                && expiring.isEmpty()
                && !(weak || expired || duplicates || suspended);
        List<Search> searches = new ArrayList<>();
        if (all || stale.isPresent()) {
            Instant before = stale.map(PointInTime::at).orElse(now.minus(STALE));
            searches.add(new Search(
                    Check.STALE.start(), (place, site, sink) -> site.keyAudit().stale(before, place, sink)));
        }
        if (all || neverUsed.isPresent()) {
            Instant before = neverUsed.map(PointInTime::at).orElse(now.minus(SOON));
            searches.add(new Search(
                    Check.NEVER_USED.start(),
                    (place, site, sink) -> site.keyAudit().neverUsed(before, place, sink)));
        }
        if (all || expired || expiring.isPresent()) {
            Instant until = all
                    ? now.plus(SOON)
                    : now.plus(expiring.map(DurationOption::time).orElse(Duration.ZERO));
            searches.add(new Search(
                    all || expired ? Check.EXPIRY.start() : MysqlKeyAudit.expiringFrom(now),
                    (place, site, sink) -> site.keyAudit().expiring(now, until, place, sink)));
        }
        if (all || suspended) {
            searches.add(new Search(
                    Check.SUSPENDED.start(),
                    (place, site, sink) -> site.keyAudit().ofSuspendedAccounts(place, sink)));
        }
        if (all || duplicates) {
            searches.add(new Search(
                    Check.DUPLICATE.start(),
                    (place, site, sink) -> site.keyAudit().duplicates(place, sink)));
        }
        if (all || weak) {
            searches.add(new Search(Check.WEAK.start(), (place, site, sink) -> site.weakKeys(place, sink)));
        }
        return searches;
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
