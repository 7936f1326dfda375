package io.gerve.cli.audit;

import io.gerve.accesslog.AccessLogFilter;
import io.gerve.accesslog.AccessLogTail;
import io.gerve.accesslog.MysqlAccessLogReader;
import io.gerve.accesslog.MysqlAccessLogReader.Order;
import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.audit.MysqlChangeHistory.Subject;
import io.gerve.cli.CommandFailure;
import io.gerve.cli.SiteConnection;
import io.gerve.cli.option.PointInTime;
import io.gerve.cli.option.RowLimit;
import io.gerve.cli.output.AccessLogPrinter;
import io.gerve.cli.output.OutputFormat;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.ExitStatus;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code gerve audit log}. */
@Command(
        name = "log",
        header = "Show, follow, verify or prune the access log: the records of all requests and refused logins.",
        description = {
            "",
            "Prints the 100 newest records that match every given filter, unless --limit, --all or --oldest-first is"
                    + " given.",
            "",
            "  gerve audit log --command login --since 1h",
            "  gerve audit log --account tom --refused --since 1d",
            "  gerve audit log --repo mojombo/bert --command git-receive-pack --all --format csv",
            "  gerve audit log --follow --format json",
            "  gerve audit log verify",
        },
        synopsisSubcommandLabel = "[verify | prune]",
        exitCodeList = {
            "0:Done.",
            "1:Refused: standard error says why.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            ExitStatus.TRY_AGAIN_HELP,
            ExitStatus.CONFIG_HELP
        },
        subcommands = {AuditLogVerifyCommand.class, AuditLogHeadCommand.class, AuditLogPruneCommand.class})
final class AuditLogCommand implements Callable<Integer> {
    private static final int PAGE = 500;
    private static final long ROWS = 100;

    /** All commands that a record can have. MySQL fails, instead of finding none, on letters beyond ASCII. */
    private static final List<String> COMMANDS =
            List.of("git-upload-pack", "git-receive-pack", "git-upload-archive", "whoami", "explain", "login");

    private static final List<String> LISTING_OPTIONS =
            List.of("--since", "--until", "--limit", "--all", "--oldest-first");

    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private AuditCommand audit;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--account", paramLabel = "LOGIN", description = "Requests of this account, with any key.")
    private Optional<Login> account = Optional.empty();

    @Option(names = "--key", paramLabel = "FINGERPRINT", description = "Requests with this key: SHA256:…")
    private Optional<Fingerprint> key = Optional.empty();

    @Option(
            names = "--repo",
            paramLabel = "REPO",
            description = "Requests for owner/name or its old names, also refused ones.")
    private Optional<RepositoryName> repository = Optional.empty();

    @Option(
            names = "--command",
            paramLabel = "COMMAND",
            description =
                    "git-upload-pack (clone and fetch), git-receive-pack (push), git-upload-archive, whoami, explain"
                            + " or login.")
    private Optional<String> command = Optional.empty();

    @Option(names = "--address", paramLabel = "IP", description = "Requests from this client address.")
    private Optional<String> address = Optional.empty();

    @Option(names = "--since", paramLabel = "TIME", description = "Requests from this time on: 7d, a day, or a time.")
    private Optional<PointInTime> since = Optional.empty();

    @Option(names = "--until", paramLabel = "TIME", description = "Requests until this time.")
    private Optional<PointInTime> until = Optional.empty();

    @Option(names = "--refused", description = "Requests and logins that were refused.")
    private boolean refused;

    @ArgGroup(multiplicity = "0..1")
    private RowLimit rows = new RowLimit();

    @Option(names = "--oldest-first", description = "Oldest records first.")
    private boolean oldestFirst;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table (the default), json (one object on each line) or csv.")
    private Optional<OutputFormat> format = Optional.empty();

    @Option(names = "--follow", description = "Print new records as they are written, until interrupted.")
    private boolean follow;

    @Override
    public Integer call() {
        if (follow && isGiven(LISTING_OPTIONS)) {
            throw usage("--follow prints new records: it cannot be combined with " + String.join(", ", LISTING_OPTIONS)
                    + ".");
        }
        if (PointInTime.isReversed(since, until)) {
            throw usage("--since is later than --until.");
        }
        if (command.isPresent() && !COMMANDS.contains(command.get())) {
            throw usage("There is no command " + command.get() + ". Commands: " + String.join(", ", COMMANDS) + ".");
        }
        address.ifPresent(this::literal);
        OutputFormat chosen = OutputFormat.choose(format, audit.gerve().printsJson(), this::usage);
        try (var site = audit.gerve().open()) {
            var printer = new AccessLogPrinter(audit.gerve().out(), chosen);
            if (follow) {
                follow(site, printer);
            } else {
                list(site, printer);
            }
            return ExitStatus.DONE;
        } catch (ParameterException e) {
            throw e;
        } catch (Exception e) {
            return CommandFailure.report(e, audit.gerve());
        }
    }

    AuditCommand audit() {
        return audit;
    }

    /**
     * Refuses filters before a subcommand: {@code gerve audit log --account tom prune} would remove the records of all
     * accounts.
     */
    void requireNoOptions() {
        if (spec.commandLine().getParseResult().matchedOptions().stream().anyMatch(option -> !option.inherited())) {
            throw usage("The options of gerve audit log cannot be combined with verify or prune, which process all"
                    + " records.");
        }
    }

    private boolean isGiven(List<String> options) {
        return options.stream().anyMatch(spec.commandLine().getParseResult()::hasMatchedOption);
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private void list(SiteConnection site, AccessLogPrinter printer) throws Exception {
        List<AccessLogFilter> filters = filters(site);
        requireKnown(site);
        MysqlAccessLogReader log = site.accessLog();
        Order order = oldestFirst ? Order.OLDEST_FIRST : Order.NEWEST_FIRST;
        long left = rows.rowsMax(ROWS);
        var cursor = MysqlAccessLogReader.Cursor.start(order);
        int unreadable = 0;
        printer.print(List.of());
        while (left > 0 && !printer.isClosed()) {
            var page = log.page(filters, order, cursor, (int) Math.min(PAGE, left));
            if (page.isEmpty()) {
                break;
            }
            printer.print(page.records());
            unreadable += page.unreadable();
            left -= page.records().size() + page.unreadable();
            cursor = page.end();
        }
        if (left == 0 && !log.page(filters, order, cursor, 1).isEmpty()) {
            audit.gerve().note("There are more. Give a filter, a higher --limit, or --all.");
        }
        noteUnreadable(unreadable);
    }

    /**
     * Refuses a key or repository that does not exist and has no record. {@code --follow} accepts it: its requests may
     * come later.
     */
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

    private static void requireKnown(SiteConnection site, Subject subject, AccessLogFilter filter)
            throws ChangeRefused, LookupUnavailable {
        var start = MysqlAccessLogReader.Cursor.start(Order.NEWEST_FIRST);
        if (!site.changes().isKnown(subject)
                && site.accessLog()
                        .page(List.of(filter), Order.NEWEST_FIRST, start, 1)
                        .isEmpty()) {
            throw new ChangeRefused(ChangeOptions.missing(subject) + ", and no record has it.");
        }
    }

    private void noteUnreadable(int records) {
        if (records > 0) {
            audit.gerve()
                    .note((records == 1 ? "1 record is" : records + " records are")
                            + " not as a gate writes it. Run: gerve audit log verify");
        }
    }

    private void follow(SiteConnection site, AccessLogPrinter printer) throws Exception {
        List<AccessLogFilter> filters = filters(site);
        var tail = new AccessLogTail(site.accessLog());
        printer.print(List.of());
        while (!printer.isClosed()) {
            try {
                var batch = tail.nextBatch();
                printer.print(batch.records().stream()
                        .filter(record -> filters.stream().allMatch(filter -> filter.holdsFor(record.record())))
                        .toList());
                noteUnreadable(batch.unreadable());
                batch.setBack()
                        .forEach(gate -> audit.gerve()
                                .note("The end of the chain of gate " + gate
                                        + " was set back, so records may be missing. Run: gerve audit log verify"));
            } catch (LookupUnavailable e) {
                audit.gerve().note("The database does not answer. Trying again.");
            }
            Thread.sleep(POLL_INTERVAL);
        }
    }

    private List<AccessLogFilter> filters(SiteConnection site)
            throws ChangeRefused, DependencyUnavailable, LookupUnavailable {
        List<AccessLogFilter> filters = new ArrayList<>();
        if (account.isPresent()) {
            filters.add(new AccessLogFilter.OfAccount(
                    site.accounts().show(account.get()).details().account().id()));
        }
        key.map(AccessLogFilter.OfKey::new).ifPresent(filters::add);
        if (repository.isPresent()) {
            filters.add(site.accessLog().ofRepository(repository.get()));
        }
        command.map(AccessLogFilter.Verb::new).ifPresent(filters::add);
        if (address.isPresent()) {
            filters.add(new AccessLogFilter.FromAddress(literal(address.get())));
        }
        since.map(time -> new AccessLogFilter.Since(time.at())).ifPresent(filters::add);
        until.map(time -> new AccessLogFilter.Before(time.at())).ifPresent(filters::add);
        if (refused) {
            filters.add(new AccessLogFilter.Refused());
        }
        return filters;
    }

    /** Returns the address as records have it. */
    private String literal(String text) {
        try {
            String address = InetAddress.ofLiteral(text).getHostAddress();
            // Java parses 1.2.3 as 1.2.0.3.
            if (text.contains(":") || text.equals(address)) {
                return address;
            }
        } catch (IllegalArgumentException _) {
            // Refused below.
        }
        throw usage("'" + text + "' is not an IP address.");
    }
}
