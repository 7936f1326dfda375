package io.gerve.cli.audit;

import io.gerve.accesslog.AccessLogFilter;
import io.gerve.accesslog.AccessLogTail;
import io.gerve.accesslog.ChainVerifier;
import io.gerve.accesslog.MysqlAccessLogReader;
import io.gerve.accesslog.MysqlAccessLogReader.Order;
import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.audit.MysqlChangeHistory.Subject;
import io.gerve.cli.ExitStatus;
import io.gerve.cli.SiteConnection;
import io.gerve.cli.option.PointInTime;
import io.gerve.cli.output.AccessLogPrinter;
import io.gerve.cli.output.Table;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.LookupUnavailable;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

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
            "--verify walks each gate's chain of records. The hash that it prints for a gate, kept elsewhere, shows later that nothing"
                    + " before it was rewritten.",
        },
        synopsisSubcommandLabel = "[prune]",
        exitCodeList = {
            "0:Done. With --verify: nothing was done to the records.",
            "1:With --verify: something was.",
            AuditCommand.TIMED_OUT
        },
        subcommands = AuditLogPruneCommand.class)
final class AuditLogCommand implements Callable<Integer> {
    private static final int PAGE = 500;
    private static final int COULD_NOT_FIND_OUT = 2;

    /** What a record may hold as a verb: MySQL answers with an error, and not with none, when it is asked for letters beyond ASCII. */
    private static final List<String> VERBS =
            List.of("git-upload-pack", "git-receive-pack", "git-upload-archive", "whoami", "explain", "login");

    private static final List<String> OF_A_LISTING =
            List.of("--since", "--until", "--limit", "--all", "--oldest-first");

    private static final Duration ASK_EVERY = Duration.ofSeconds(1);

    private static final Table<ChainVerifier.Issue> FINDINGS = Table.<ChainVerifier.Issue>rows()
            .column("gate", ChainVerifier.Issue::gate)
            .column("what", ChainVerifier.Issue::kind)
            .column("position", ChainVerifier.Issue::position)
            .column("request", ChainVerifier.Issue::request)
            .column("finding", ChainVerifier.Issue::description);

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private AuditCommand audit;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

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
            description =
                    "git-upload-pack (clone and fetch), git-receive-pack (push), git-upload-archive, whoami, explain or login.")
    private Optional<String> verb = Optional.empty();

    @Option(names = "--address", paramLabel = "IP", description = "From this client address.")
    private Optional<String> address = Optional.empty();

    @Option(names = "--since", paramLabel = "TIME", description = "From then on: 7d, or a day, or a time.")
    private Optional<PointInTime> since = Optional.empty();

    @Option(names = "--until", paramLabel = "TIME", description = "Until then.")
    private Optional<PointInTime> until = Optional.empty();

    @Option(names = "--refused", description = "What was not let do what it asked for.")
    private boolean refused;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "At most so many.",
            defaultValue = "100",
            showDefaultValue = Visibility.ALWAYS)
    private int limit;

    @Option(names = "--all", description = "However many.")
    private boolean all;

    @Option(names = "--oldest-first", description = "In the order of time.")
    private boolean oldestFirst;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, json (an object a line) or csv.",
            showDefaultValue = Visibility.ALWAYS)
    private AccessLogPrinter.Format format = AccessLogPrinter.Format.TABLE;

    @Option(names = "--follow", description = "Go on with what comes, until interrupted.")
    private boolean follow;

    @Option(names = "--verify", description = "Find what somebody did to the records.")
    private boolean verify;

    @Override
    public Integer call() {
        if (limit < 1) {
            throw usage("--limit takes 1 or more; --all is for all.");
        }
        if (verify && (follow || isFiltered() || isGiven(OF_A_LISTING) || isGiven(List.of("--format")))) {
            throw usage("--verify goes through all records: of the other options it takes --json alone.");
        }
        if (follow && isGiven(OF_A_LISTING)) {
            throw usage("--follow gives what comes from now on: it does not go with " + String.join(", ", OF_A_LISTING)
                    + ".");
        }
        if (all && isGiven(List.of("--limit"))) {
            throw usage("--all does not go with --limit.");
        }
        if (since.isPresent()
                && until.isPresent()
                && until.get().at().isBefore(since.get().at())) {
            throw usage("--since is later than --until: nothing can be in between.");
        }
        if (verb.isPresent() && !VERBS.contains(verb.get())) {
            throw usage("There is no verb " + verb.get() + ", only " + String.join(", ", VERBS) + ".");
        }
        try {
            return answer();
        } catch (ParameterException e) {
            throw e;
        } catch (Exception e) {
            audit.gerve().note("gerve: " + ExitStatus.sentence(e));
            return COULD_NOT_FIND_OUT;
        }
    }

    private int answer() throws Exception {
        try (var site = audit.gerve().open()) {
            if (verify) {
                return verify(site);
            }
            var printer = new AccessLogPrinter(
                    audit.gerve().out(), audit.gerve().printsJson() ? AccessLogPrinter.Format.JSON : format);
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

    /** What was meant to be all that is pruned would be no part of it. */
    void requireNothingButTheCommand() {
        if (spec.commandLine().getParseResult().matchedOptions().stream().anyMatch(option -> !option.inherited())) {
            throw usage("The options of gerve audit log do not go with prune, which removes whatever is old.");
        }
    }

    private boolean isGiven(List<String> options) {
        return options.stream().anyMatch(spec.commandLine().getParseResult()::hasMatchedOption);
    }

    private boolean isFiltered() {
        return refused
                || Stream.of(account, key, repository, verb, address, since, until)
                        .anyMatch(Optional::isPresent);
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private void list(SiteConnection site, AccessLogPrinter printer) throws Exception {
        List<AccessLogFilter> criteria = criteria(site);
        requireKnown(site);
        MysqlAccessLogReader log = site.accessLog();
        Order order = oldestFirst ? Order.OLDEST_FIRST : Order.NEWEST_FIRST;
        long left = all ? Long.MAX_VALUE : limit;
        var place = MysqlAccessLogReader.Cursor.start(order);
        int unreadable = 0;
        printer.print(List.of());
        while (left > 0 && !printer.isGone()) {
            var page = log.page(criteria, order, place, (int) Math.min(PAGE, left));
            if (page.isEmpty()) {
                break;
            }
            printer.print(page.records());
            unreadable += page.unreadable();
            left -= page.records().size() + page.unreadable();
            place = page.end();
        }
        if (left == 0 && !log.page(criteria, order, place, 1).isEmpty()) {
            audit.gerve().note("There are more. Give --all for all of them, a higher --limit, or filters.");
        }
        noteUnreadable(unreadable);
    }

    /** Not of who follows: they may wait for a key that nobody has any more, or for a name that somebody keeps asking for. */
    private void requireKnown(SiteConnection site) throws ChangeRefused, LookupUnavailable {
        if (key.isPresent()) {
            requireKnown(site, new Subject.OfKey(key.get()), new AccessLogFilter.OfKey(key.get()));
        }
        if (repository.isPresent()) {
            requireKnown(
                    site,
                    new Subject.OfRepository(repository.get()),
                    site.accessLog().ofRepository(repository.get()));
        }
    }

    /** Records are also of what was never there, such as a key that nobody registered. */
    private static void requireKnown(SiteConnection site, Subject subject, AccessLogFilter criterion)
            throws ChangeRefused, LookupUnavailable {
        var start = MysqlAccessLogReader.Cursor.start(Order.NEWEST_FIRST);
        if (!site.changes().isKnown(subject)
                && site.accessLog()
                        .page(List.of(criterion), Order.NEWEST_FIRST, start, 1)
                        .isEmpty()) {
            throw new ChangeRefused(ChangeSubjectOptions.missing(subject) + ", and no record tells of it.");
        }
    }

    private void noteUnreadable(int records) {
        if (records > 0) {
            audit.gerve()
                    .note((records == 1 ? "1 record says" : records + " records say")
                            + " what no gate writes. See: gerve audit log --verify");
        }
    }

    private void follow(SiteConnection site, AccessLogPrinter printer) throws Exception {
        List<AccessLogFilter> criteria = criteria(site);
        var following = new AccessLogTail(site.accessLog());
        printer.print(List.of());
        while (!printer.isGone()) {
            try {
                var news = following.nextBatch();
                printer.print(news.records().stream()
                        .filter(record -> criteria.stream().allMatch(criterion -> criterion.holdsFor(record.record())))
                        .toList());
                noteUnreadable(news.unreadable());
            } catch (LookupUnavailable e) {
                audit.gerve().note("The database does not answer; asking again.");
            }
            Thread.sleep(ASK_EVERY);
        }
    }

    private int verify(SiteConnection site) throws LookupUnavailable {
        List<ChainVerifier.Issue> findings = new ArrayList<>();
        List<ChainVerifier.ChainReport> chains = new ChainVerifier(site.accessLog()).verifyAll();
        if (chains.isEmpty()) {
            audit.gerve().note("No gate has written a record yet.");
        }
        for (ChainVerifier.ChainReport chain : chains) {
            findings.addAll(chain.issues());
            audit.gerve()
                    .note("%s: records %d to %d, sha256 %s, %s"
                            .formatted(
                                    chain.gate(),
                                    chain.first(),
                                    chain.last(),
                                    chain.hash(),
                                    chain.issues().isEmpty()
                                            ? "unchanged"
                                            : chain.issues().size() + " findings"));
        }
        if (!findings.isEmpty() || audit.gerve().printsJson()) {
            audit.gerve().print(FINDINGS, findings);
        }
        return findings.isEmpty() ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    private List<AccessLogFilter> criteria(SiteConnection site)
            throws ChangeRefused, DependencyUnavailable, LookupUnavailable {
        List<AccessLogFilter> criteria = new ArrayList<>();
        if (account.isPresent()) {
            criteria.add(new AccessLogFilter.OfAccount(
                    site.accounts().show(account.get()).entry().account().id()));
        }
        key.map(AccessLogFilter.OfKey::new).ifPresent(criteria::add);
        if (repository.isPresent()) {
            criteria.add(site.accessLog().ofRepository(repository.get()));
        }
        verb.map(AccessLogFilter.Verb::new).ifPresent(criteria::add);
        if (address.isPresent()) {
            criteria.add(new AccessLogFilter.FromAddress(literal(address.get())));
        }
        since.map(moment -> new AccessLogFilter.Since(moment.at())).ifPresent(criteria::add);
        until.map(moment -> new AccessLogFilter.Before(moment.at())).ifPresent(criteria::add);
        if (refused) {
            criteria.add(new AccessLogFilter.Refused());
        }
        return criteria;
    }

    /** As records spell it. */
    private static String literal(String text) throws ChangeRefused {
        try {
            String address = InetAddress.ofLiteral(text).getHostAddress();
            // Java takes 1.2.3 for 1.2.0.3, as nobody means it.
            if (text.contains(":") || text.equals(address)) {
                return address;
            }
        } catch (IllegalArgumentException _) {
            // Said below.
        }
        throw new ChangeRefused("'" + text + "' is not an IP address.");
    }
}
