package io.gerve.cli;

import io.gerve.audit.log.Criterion;
import io.gerve.audit.log.Following;
import io.gerve.audit.log.MysqlAccessLog;
import io.gerve.audit.log.MysqlAccessLog.Order;
import io.gerve.audit.log.Verification;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.registry.Refused;
import io.gerve.registry.Unreachable;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code gerve audit log}. */
@Command(
        name = "log",
        header = "Show, follow, verify or prune the record of every request and refused login.",
        description = {
            "",
            "The newest first, unless --oldest-first. All filters that are given must hold.",
            "",
            "  gerve audit log --verb login --since 1h",
            "  gerve audit log --account tom --refused --since 1d",
            "  gerve audit log --repo mojombo/bert --verb git-receive-pack --all --format csv",
            "  gerve audit log --follow --format json",
            "  gerve audit log --verify",
            "",
            "--verify walks each gate's chain of records. Exit status: 0 nothing was done to them, 1 something was, 2 it could not be found"
                    + " out. The hash that it prints for a gate, kept elsewhere, shows later that nothing before it was rewritten.",
        },
        subcommands = AuditPruneCommand.class)
final class AuditLogCommand implements Callable<Integer> {
    private static final int PAGE = 500;
    private static final int COULD_NOT_FIND_OUT = 2;
    private static final Pattern VERB = Pattern.compile("[a-z-]{1,20}");
    private static final Duration ASK_EVERY = Duration.ofSeconds(1);

    private static final Table<Verification.Finding> FINDINGS = Table.<Verification.Finding>rows()
            .column("gate", Verification.Finding::gate)
            .column("what", Verification.Finding::what)
            .column("position", Verification.Finding::position)
            .column("request", Verification.Finding::request)
            .column("finding", Verification.Finding::sentence);

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private AuditCommand audit;

    @Option(names = "--account", paramLabel = "LOGIN", description = "Of this account, by whichever key.")
    private Optional<Login> account = Optional.empty();

    @Option(names = "--key", paramLabel = "FINGERPRINT", description = "By this key: SHA256:…")
    private Optional<Fingerprint> key = Optional.empty();

    @Option(
            names = "--repo",
            paramLabel = "REPO",
            description = "For owner/name, and the names that it had before; also if it was not found.")
    private Optional<RepositoryName> repository = Optional.empty();

    @Option(
            names = "--verb",
            paramLabel = "VERB",
            description = "git-upload-pack, git-receive-pack, git-upload-archive, whoami, explain or login.")
    private Optional<String> verb = Optional.empty();

    @Option(names = "--address", paramLabel = "IP", description = "From this client address.")
    private Optional<String> address = Optional.empty();

    @Option(names = "--since", paramLabel = "WHEN", description = "Not before: 2d ago, or 2030-01-31T00:00:00Z.")
    private Optional<PointInTime> since = Optional.empty();

    @Option(names = "--until", paramLabel = "WHEN", description = "Before that.")
    private Optional<PointInTime> until = Optional.empty();

    @Option(names = "--refused", description = "What was not let do what it asked for.")
    private boolean refused;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many.",
            defaultValue = "100")
    private int limit;

    @Option(names = "--all", description = "However many.")
    private boolean all;

    @Option(names = "--oldest-first", description = "In the order of time.")
    private boolean oldestFirst;

    @Option(names = "--format", paramLabel = "FORMAT", description = "table, json (an object a line) or csv.")
    private RecordPrinter.Format format = RecordPrinter.Format.TABLE;

    @Option(names = "--follow", description = "Go on with what comes, until interrupted.")
    private boolean follow;

    @Option(names = "--verify", description = "Find what somebody did to the records.")
    private boolean verify;

    @Override
    public Integer call() throws Exception {
        try (var site = audit.gerve().open()) {
            if (verify) {
                return verify(site);
            }
            var printer = new RecordPrinter(
                    audit.gerve().out(), audit.gerve().printsJson() ? RecordPrinter.Format.JSON : format);
            if (follow) {
                follow(site, printer);
            } else {
                list(site, printer);
            }
        }
        return ExitStatus.DONE;
    }

    AuditCommand audit() {
        return audit;
    }

    private void list(Site site, RecordPrinter printer) throws Exception {
        List<Criterion> criteria = criteria(site);
        MysqlAccessLog log = site.accessLog();
        Order order = oldestFirst ? Order.OLDEST_FIRST : Order.NEWEST_FIRST;
        long left = all ? Long.MAX_VALUE : limit;
        var place = MysqlAccessLog.Place.start(order);
        int unreadable = 0;
        printer.print(List.of());
        while (left > 0 && !printer.isGone()) {
            var page = log.page(criteria, order, place, (int) Math.min(PAGE, left));
            if (page.isEmpty()) {
                break;
            }
            printer.print(page.records());
            unreadable += page.unreadable().size();
            left -= page.records().size() + page.unreadable().size();
            place = page.end();
        }
        if (unreadable > 0) {
            audit.gerve().note(unreadable + " records say what no gate writes. See: gerve audit log --verify");
        }
    }

    private void follow(Site site, RecordPrinter printer) throws Exception {
        List<Criterion> criteria = criteria(site);
        var following = new Following(site.accessLog());
        printer.print(List.of());
        while (!printer.isGone()) {
            try {
                printer.print(following.next().stream()
                        .filter(record -> criteria.stream().allMatch(criterion -> criterion.holdsFor(record.record())))
                        .toList());
            } catch (LookupUnavailable e) {
                audit.gerve().note("The database does not answer; asking again.");
            }
            Thread.sleep(ASK_EVERY);
        }
    }

    private int verify(Site site) {
        try {
            List<Verification.Finding> findings = new ArrayList<>();
            for (Verification.Walked chain : new Verification(site.accessLog()).all()) {
                findings.addAll(chain.findings());
                audit.gerve()
                        .note("%s: records %d to %d, sha256 %s, %s"
                                .formatted(
                                        chain.gate(),
                                        chain.first(),
                                        chain.last(),
                                        chain.hash(),
                                        chain.findings().isEmpty()
                                                ? "unchanged"
                                                : chain.findings().size() + " findings"));
            }
            if (!findings.isEmpty() || audit.gerve().printsJson()) {
                audit.gerve().print(FINDINGS, findings);
            }
            return findings.isEmpty() ? ExitStatus.DONE : ExitStatus.REFUSED;
        } catch (LookupUnavailable e) {
            audit.gerve().note("gerve: Could not find out: " + e.getMessage() + ". Try again.");
            return COULD_NOT_FIND_OUT;
        }
    }

    private List<Criterion> criteria(Site site) throws Refused, Unreachable, LookupUnavailable {
        List<Criterion> criteria = new ArrayList<>();
        if (account.isPresent()) {
            criteria.add(new Criterion.OfAccount(
                    site.accounts().show(account.get()).entry().account().id()));
        }
        key.map(Criterion.OfKey::new).ifPresent(criteria::add);
        if (repository.isPresent()) {
            criteria.add(site.accessLog().ofRepository(repository.get()));
        }
        if (verb.isPresent()) {
            criteria.add(new Criterion.Verb(word(verb.get())));
        }
        if (address.isPresent()) {
            criteria.add(new Criterion.FromAddress(literal(address.get())));
        }
        since.map(moment -> new Criterion.Since(moment.at())).ifPresent(criteria::add);
        until.map(moment -> new Criterion.Before(moment.at())).ifPresent(criteria::add);
        if (refused) {
            criteria.add(new Criterion.Refused());
        }
        return criteria;
    }

    /** What a record may hold as a verb: MySQL answers with an error, and not with none, when it is asked for others. */
    private static String word(String text) throws Refused {
        if (!VERB.matcher(text).matches()) {
            throw new Refused("'" + text
                    + "' is no verb: git-upload-pack, git-receive-pack, git-upload-archive, whoami, explain or login.");
        }
        return text;
    }

    /** As records spell it. */
    private static String literal(String text) throws Refused {
        try {
            return InetAddress.ofLiteral(text).getHostAddress();
        } catch (IllegalArgumentException _) {
            throw new Refused("'" + text + "' is not an IP address.");
        }
    }
}
