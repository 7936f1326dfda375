package io.gerve.cli.audit;

import io.gerve.audit.KeyAuditEntry;
import io.gerve.audit.KeyCursor;
import io.gerve.audit.KeyCursor.Check;
import io.gerve.audit.MysqlKeyAudit;
import io.gerve.audit.access.Results;
import io.gerve.cli.SiteConnection;
import io.gerve.cli.option.AtOption;
import io.gerve.cli.option.DurationOption;
import io.gerve.cli.option.PointInTime;
import io.gerve.cli.output.ListingOptions;
import io.gerve.cli.output.Table;
import io.gerve.config.InvalidConfig;
import io.gerve.keylookup.key.Fingerprint;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code gerve audit key}. */
@Command(
        name = "key",
        header = "List what a key can access, or all keys with issues.",
        description = {
            "",
            "With a FINGERPRINT: the repositories of the key's account, or of the deploy key. An issue is a revoked"
                    + " or expired key that still"
                    + " has permissions.",
            "",
            "  gerve audit key SHA256:…",
            "",
            "Without: keys that are stale, never used, weak, expiring, expired, duplicates, or of suspended accounts."
                    + " Without an option it"
                    + " looks for all of these, with --stale 365d, --never-used 30d and --expiring 30d. A key has one"
                    + " row for each issue.",
            "",
            "  gerve audit key --stale 365d --format csv",
        })
final class AuditKeyCommand implements Callable<Integer> {
    private static final Table<KeyAuditEntry> KEYS = Table.<KeyAuditEntry>rows()
            .column("fingerprint", key -> key.fingerprint().text())
            .column("issue", KeyAuditEntry::issue)
            .column("principal", KeyAuditEntry::principal)
            .column("type", KeyAuditEntry::type)
            .column("bits", KeyAuditEntry::bits)
            .column("title", KeyAuditEntry::title)
            .column("created_at", KeyAuditEntry::addedAt)
            .column("last_used_at", key -> key.lastUsedAt().equals(Instant.MIN) ? "" : key.lastUsedAt())
            .column("expires_at", key -> key.expiresAt().equals(Instant.MAX) ? "" : key.expiresAt())
            .column("description", KeyAuditEntry::description)
            .cursorColumn(key -> key.cursor().toString());

    private static final Duration STALE = Duration.ofDays(365);
    private static final Duration MONTH = Duration.ofDays(30);

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private AuditCommand audit;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "FINGERPRINT", description = "SHA256:…")
    private Optional<Fingerprint> fingerprint = Optional.empty();

    @Option(names = "--include-public", description = "With FINGERPRINT: also public repositories.")
    private boolean includePublic;

    @Mixin
    private AtOption at = new AtOption();

    @Option(names = "--stale", paramLabel = "TIME", description = "Keys that were last used before: 365d, or a day.")
    private Optional<PointInTime> stale = Optional.empty();

    @Option(
            names = "--never-used",
            paramLabel = "TIME",
            description = "Keys that were never used, and created before: 30d, or a day.")
    private Optional<PointInTime> neverUsed = Optional.empty();

    @Option(names = "--weak", description = "Keys that break the key policy of the configuration.")
    private boolean weak;

    @Option(names = "--expiring", paramLabel = "TIME", description = "Keys that expire within: 30d.")
    private Optional<DurationOption> expiring = Optional.empty();

    @Option(names = "--expired", description = "Keys that have expired and are still registered.")
    private boolean expired;

    @Option(names = "--duplicates", description = "Keys that somebody tried to register a second time.")
    private boolean duplicates;

    @Option(names = "--suspended", description = "Keys of suspended accounts.")
    private boolean suspended;

    @Mixin
    private ListingOptions listing = new ListingOptions();

    /** @param start cursor before the first row */
    private record Search(KeyCursor start, Query query) {
        Check check() {
            return start.check();
        }
    }

    private interface Query {
        Results<KeyAuditEntry> rows(SiteConnection site, KeyCursor after) throws InvalidConfig;
    }

    @Override
    public Integer call() {
        boolean isSearch = stale.isPresent() || neverUsed.isPresent() || expiring.isPresent() || hasFlag();
        if (fingerprint.isPresent()) {
            if (isSearch) {
                throw usage("A FINGERPRINT cannot be combined with options that search for keys.");
            }
            return audit.keyAccess(fingerprint.get(), includePublic, at, listing);
        }
        if (includePublic || at.instant().isPresent()) {
            throw usage("--include-public and --at need a FINGERPRINT.");
        }
        return search();
    }

    private boolean hasFlag() {
        return weak || expired || duplicates || suspended;
    }

    private int search() {
        List<Search> searches = searches(Instant.now());
        Optional<KeyCursor> after = listing.after(
                KeyCursor::parse,
                text -> usage(
                        "--after takes the cursor that the page before printed on standard error, not " + text + "."));
        if (after.isPresent()
                && searches.stream()
                        .noneMatch(search -> search.check() == after.get().check())) {
            throw usage("--after " + after.get() + " continues a search for other issues.");
        }
        return AuditRun.run(audit.gerve(), this::usage, KEYS, listing, _ -> true, site -> {
            List<Results<KeyAuditEntry>> rows = new ArrayList<>();
            for (Search search : searches) {
                int order = after.map(cursor -> search.check().compareTo(cursor.check()))
                        .orElse(1);
                if (order >= 0) {
                    rows.add(search.query().rows(site, order == 0 ? after.orElseThrow() : search.start()));
                }
            }
            return Results.of(rows).flatMap(ofOne -> ofOne);
        });
    }

    private List<Search> searches(Instant now) {
        boolean all = stale.isEmpty() && neverUsed.isEmpty() && expiring.isEmpty() && !hasFlag();
        List<Search> searches = new ArrayList<>();
        if (all || stale.isPresent()) {
            Instant before = stale.map(PointInTime::at).orElse(now.minus(STALE));
            searches.add(new Search(
                    Check.STALE.start(), (site, after) -> site.keyAudit().stale(before, after)));
        }
        if (all || neverUsed.isPresent()) {
            Instant before = neverUsed.map(PointInTime::at).orElse(now.minus(MONTH));
            searches.add(new Search(
                    Check.NEVER_USED.start(), (site, after) -> site.keyAudit().neverUsed(before, after)));
        }
        if (all || expired || expiring.isPresent()) {
            Instant until = all
                    ? now.plus(MONTH)
                    : now.plus(expiring.map(DurationOption::duration).orElse(Duration.ZERO));
            searches.add(new Search(
                    all || expired ? Check.EXPIRY.start() : MysqlKeyAudit.expiringFrom(now),
                    (site, after) -> site.keyAudit().expiring(now, until, after)));
        }
        if (all || suspended) {
            searches.add(new Search(
                    Check.SUSPENDED.start(), (site, after) -> site.keyAudit().ofSuspendedAccounts(after)));
        }
        if (all || duplicates) {
            searches.add(new Search(
                    Check.DUPLICATE.start(), (site, after) -> site.keyAudit().duplicates(after)));
        }
        if (all || weak) {
            searches.add(new Search(Check.WEAK.start(), (site, after) -> site.weakKeys(after)));
        }
        return searches;
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
