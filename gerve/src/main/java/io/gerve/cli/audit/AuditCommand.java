package io.gerve.cli.audit;

import io.gerve.access.Decision;
import io.gerve.admin.ChangeRefused;
import io.gerve.admin.TeamName;
import io.gerve.audit.AccessDifference;
import io.gerve.audit.GrantChange;
import io.gerve.audit.MysqlAccessAudit;
import io.gerve.audit.MysqlChangeHistory;
import io.gerve.audit.MysqlChangeHistory.Subject.OfAccount;
import io.gerve.audit.MysqlChangeHistory.Subject.OfKey;
import io.gerve.audit.MysqlChangeHistory.Subject.OfRepository;
import io.gerve.audit.MysqlChangeHistory.Subject.OfTeam;
import io.gerve.audit.OwnerAuditEntry;
import io.gerve.audit.ServerAuditEntry;
import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.AccessScope;
import io.gerve.audit.access.Cursor;
import io.gerve.audit.access.GrantPath;
import io.gerve.cli.CommandGroup;
import io.gerve.cli.option.PointInTime;
import io.gerve.cli.output.ListingOptions;
import io.gerve.cli.output.Table;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.Fingerprint;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code gerve audit}. */
@Command(
        name = "audit",
        header = "Who can reach what, through which grant; what is amiss; what changed.",
        description = {
            "",
            "What each may do is decided by the gate's own code. Long answers are printed while they are found. For cron: the exit status"
                    + " says whether something is amiss.",
            "",
            "  gerve audit repo mojombo/bert --where may=push",
            "  gerve audit account tom --at 2026-03-01T12:00:00Z",
            "  gerve audit keys --stale 365d --format csv",
            "  gerve audit changes --repo mojombo/bert --since 7d",
            "  gerve audit log --repo mojombo/bert --refused",
            "",
            "The past is told from recorded changes. What was so before the first of them, and what was changed by other ways than Gerve's,"
                    + " is not known; neither is over which route a request would have gone, nor what the site's rules for keys were.",
        },
        subcommands = {AuditKeysCommand.class, AuditLogCommand.class},
        scope = ScopeType.INHERIT,
        exitCodeList = {"0:Nothing is amiss.", "1:Something is: see the rows.", AuditCommand.TIMED_OUT})
public final class AuditCommand extends CommandGroup {
    static final String TIMED_OUT = "2:It could not be found out, or the command was called wrongly.";

    private static final Table<AccessEntry> REPOSITORIES = Table.<AccessEntry>rows()
            .column("repository", reach -> reach.repository().toString())
            .column("may", AccessEntry::permission)
            .column("role", AccessEntry::role)
            .column("pull", reach -> decision(reach.mayPull()))
            .column("push", reach -> decision(reach.mayPush()))
            .column("ways", reach -> text(reach.grantPaths()))
            .column("amiss", AccessEntry::issues)
            .cursorColumn(reach -> reach.cursor().toString());

    private static final Table<AccessEntry> PEOPLE = Table.<AccessEntry>rows()
            .column("who", AccessEntry::principal)
            .column("kind", AccessEntry::kind)
            .column("may", AccessEntry::permission)
            .column("role", AccessEntry::role)
            .column("pull", reach -> decision(reach.mayPull()))
            .column("push", reach -> decision(reach.mayPush()))
            .column("ways", reach -> text(reach.grantPaths()))
            .column("amiss", AccessEntry::issues)
            .cursorColumn(reach -> reach.cursor().toString());

    private static final Table<GrantChange> CHANGES = Table.<GrantChange>rows()
            .column("id", GrantChange::id)
            .column("at", GrantChange::at)
            .column("by", GrantChange::actor)
            .column("through", GrantChange::program)
            .column("kind", GrantChange::kind)
            .column("account", GrantChange::account)
            .column("repository", GrantChange::repository)
            .column("team", GrantChange::team)
            .column("organization", GrantChange::organization)
            .column("key", GrantChange::key)
            .column("before", GrantChange::before)
            .column("after", GrantChange::after)
            .cursorColumn(change -> Long.toString(change.id()));

    private static final Table<AccessDifference> DIFFERENCES = Table.<AccessDifference>rows()
            .column("repository", difference -> difference.repository().toString())
            .column("who", AccessDifference::principal)
            .column("kind", AccessDifference::kind)
            .column("change", AccessDifference::change)
            .column("before", AccessDifference::before)
            .column("after", AccessDifference::after)
            .column("ways_before", difference -> text(difference.grantPathsBefore()))
            .column("ways_after", difference -> text(difference.grantPathsAfter()))
            .cursorColumn(difference -> difference.cursor().toString());

    private static final Table<ServerAuditEntry> SERVERS = Table.<ServerAuditEntry>rows()
            .column("server", ServerAuditEntry::name)
            .column("owners", ServerAuditEntry::owners)
            .column("hosts", ServerAuditEntry::hosts)
            .column("amiss", ServerAuditEntry::issues)
            .cursorColumn(ServerAuditEntry::name);

    private static final Table<OwnerAuditEntry> OWNERS = Table.<OwnerAuditEntry>rows()
            .column("owner", OwnerAuditEntry::owner)
            .column("kind", OwnerAuditEntry::kind)
            .column("server", OwnerAuditEntry::server)
            .column("repositories", OwnerAuditEntry::repositories)
            .column("amiss", owner -> owner.hasNoRoute() ? "has repositories and no file server" : "")
            .cursorColumn(OwnerAuditEntry::owner);

    /** The time that is asked about. */
    public static final class At {
        @Option(
                names = "--at",
                paramLabel = "TIME",
                description = "As it was then: 2026-03-01T12:00:00Z, 2026-03-01, or 7d for seven days ago.")
        private Optional<PointInTime> at = Optional.empty();

        public Optional<Instant> instant() {
            return at.map(PointInTime::at);
        }
    }

    @Command(
            header = "Everybody who can read or write a repository, with each way.",
            description = {
                "",
                "The public, deploy keys and people. Amiss is who still has a right and cannot use it, such as a suspended account.",
                "",
                "  gerve audit repo mojombo/bert --where may=push"
            })
    int repo(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Mixin At at,
            @Mixin ListingOptions listing) {
        return reaches(
                PEOPLE,
                listing,
                at,
                ChangeSubjectOptions.missing(new OfRepository(repository)),
                (audit, after, sink) -> audit.ofRepository(repository, after, sink));
    }

    @Command(
            header = "Every repository that an account reaches, with the role and each way.",
            description = {
                "",
                "As if it had a key that works. Amiss is a right that cannot be used.",
                "",
                "  gerve audit account tom --at 2026-03-01T12:00:00Z"
            })
    int account(
            @Parameters(paramLabel = "LOGIN", description = "Whose.") Login login,
            @Option(names = "--public", description = "Also those that everybody may read.") boolean open,
            @Mixin At at,
            @Mixin ListingOptions listing) {
        return reaches(
                REPOSITORIES,
                listing,
                at,
                ChangeSubjectOptions.missing(new OfAccount(login)),
                (audit, after, sink) -> audit.ofAccount(login, scope(open), after, sink));
    }

    @Command(
            header = "Every repository that a team's members reach through it.",
            description = {"", "Through the teams above it too; what members reach by other ways is left out."})
    int team(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @Mixin At at,
            @Mixin ListingOptions listing) {
        return reaches(
                REPOSITORIES,
                listing,
                at,
                ChangeSubjectOptions.missing(new OfTeam(team.organization(), team.slug())),
                (audit, after, sink) -> audit.ofTeam(team.organization(), team.slug(), after, sink));
    }

    @Command(
            header = "Every repository that a key opens.",
            description = {
                "",
                "Its account's, or a deploy key's own. Amiss is a key that is revoked or expired and still has rights."
            })
    int key(
            @Parameters(paramLabel = "FINGERPRINT", description = "SHA256:…") Fingerprint fingerprint,
            @Option(names = "--public", description = "Also those that everybody may read.") boolean open,
            @Mixin At at,
            @Mixin ListingOptions listing) {
        return reaches(
                REPOSITORIES,
                listing,
                at,
                ChangeSubjectOptions.missing(new OfKey(fingerprint)),
                (audit, after, sink) -> audit.ofKey(fingerprint, scope(open), after, sink));
    }

    @Command(
            header = "Who granted or removed what, when, and through what; oldest first.",
            description = {"", "Of all of the site, or of one: what was deleted since is found by the name that it had."
            },
            exitCodeList = {"0:The changes are told, or there was none.", TIMED_OUT})
    int changes(
            @Mixin ChangeSubjectOptions of,
            @Option(names = "--since", paramLabel = "TIME", description = "From then on: 7d, or a day, or a time.")
                    Optional<PointInTime> since,
            @Option(names = "--until", paramLabel = "TIME", description = "Until then.") Optional<PointInTime> until,
            @Mixin ListingOptions listing) {
        if (of.isMoreThanOne()) {
            throw usage("--account, --repo, --team, --key and --server do not go together.");
        }
        requireOrder("--since", since, "--until", until);
        var subject = of.subject();
        var stretch = new MysqlChangeHistory.Range(
                since.map(PointInTime::at).orElse(Instant.EPOCH),
                until.map(PointInTime::at).orElseGet(Instant::now),
                listing.after().map(this::change).orElse(0L));
        return AuditRun.run(this, CHANGES, listing, _ -> false, (site, sink) -> {
            if (!site.changes().isKnown(subject)) {
                throw new ChangeRefused(ChangeSubjectOptions.missing(subject) + ", and there was none.");
            }
            if (!site.changes().each(subject, stretch, sink)) {
                throw new ChangeRefused("There is no change " + stretch.after() + ".");
            }
        });
    }

    @Command(
            header = "The rights that were gained and lost between two times.",
            description = {
                "",
                "Of one repository, of one account, or of all that some change in between concerns. That the site was switched to"
                        + " read-only is no right, and is left out."
            },
            exitCodeList = {"0:There is no difference.", "1:There is: see the rows.", TIMED_OUT})
    int diff(
            @Option(names = "--from", paramLabel = "TIME", required = true, description = "The earlier time.")
                    PointInTime from,
            @Option(names = "--to", paramLabel = "TIME", description = "The later time; now if none is given.")
                    Optional<PointInTime> to,
            @Option(names = "--repo", paramLabel = "REPO", description = "Of a repository.")
                    Optional<RepositoryName> repository,
            @Option(names = "--account", paramLabel = "LOGIN", description = "Of an account.") Optional<Login> account,
            @Mixin ListingOptions listing) {
        Instant end = to.map(PointInTime::at).orElseGet(Instant::now);
        if (repository.isPresent() && account.isPresent()) {
            throw usage("--repo does not go with --account.");
        }
        requireOrder("--from", Optional.of(from), "--to", to);
        Cursor after = cursor(listing);
        return AuditRun.run(this, DIFFERENCES, listing, _ -> true, (site, sink) -> {
            noteRecording(site.audit(from.at()), from.at());
            var diff = site.diff(from.at(), end);
            if (repository.isPresent()) {
                requireEither(diff.ofRepository(repository.get(), after, sink), "repository " + repository.get());
            } else if (account.isPresent()) {
                requireEither(diff.ofAccount(account.get(), after, sink), "account " + account.get());
            } else {
                diff.ofSite(after, sink);
            }
        });
    }

    private static void requireEither(boolean found, String what) throws ChangeRefused {
        if (!found) {
            throw new ChangeRefused("There was no " + what + " at either time.");
        }
    }

    @Command(
            header = "File servers: how many owners each has, hosts without a pinned key, servers without a stand-by.",
            description = {"", "What became of one, and who was routed to it: gerve audit changes --server fs1"})
    int server(@Mixin ListingOptions listing) {
        return AuditRun.run(this, SERVERS, listing, server -> !server.issues().isEmpty(), (site, sink) -> {
            for (ServerAuditEntry server : site.routeAudit().servers()) {
                if (isAfter(server, listing) && !sink.accept(server)) {
                    return;
                }
            }
        });
    }

    private static boolean isAfter(ServerAuditEntry server, ListingOptions listing) {
        return listing.after()
                .map(name -> server.name().compareToIgnoreCase(name) > 0)
                .orElse(true);
    }

    @Command(
            header = "Owners: where their repositories are, and whose are nowhere.",
            description = {
                "",
                "Amiss is an owner of repositories who is routed to no file server. Of one owner: gerve route show mojombo"
            })
    int routes(@Mixin ListingOptions listing) {
        Optional<Login> after = listing.after().map(this::login);
        return AuditRun.run(this, OWNERS, listing, OwnerAuditEntry::hasNoRoute, (site, sink) -> {
            if (after.isEmpty()) {
                site.routeAudit().owners(sink);
            } else if (!site.routeAudit().ownersAfter(after.get(), sink)) {
                throw new ChangeRefused("There is no account " + after.get() + ".");
            }
        });
    }

    private Cursor cursor(ListingOptions listing) {
        try {
            return listing.after().map(Cursor::parse).orElse(Cursor.START);
        } catch (IllegalArgumentException _) {
            throw usage("--after takes what an earlier page said on standard error, such as 1:42:7.");
        }
    }

    private long change(String id) {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException _) {
            throw usage("--after takes the id of a change.");
        }
    }

    private Login login(String text) {
        return Login.parse(text).orElseThrow(() -> usage("--after takes an owner's login."));
    }

    private static List<String> text(List<GrantPath> ways) {
        return ways.stream().map(GrantPath::text).toList();
    }

    private interface Question {
        /** @return whether there is what was asked about */
        boolean answer(MysqlAccessAudit audit, Cursor after, AccessEntry.Sink<AccessEntry> sink) throws Exception;
    }

    /** @param missing what to say if there is nothing of that name: a sentence, but for when and the full stop */
    private int reaches(Table<AccessEntry> table, ListingOptions listing, At at, String missing, Question question) {
        Cursor after = cursor(listing);
        return AuditRun.run(this, table, listing, reach -> !reach.issues().isEmpty(), (site, sink) -> {
            Optional<Instant> then = at.instant();
            MysqlAccessAudit audit = then.isPresent() ? site.audit(then.get()) : site.audit();
            if (then.isPresent()) {
                noteRecording(audit, then.get());
            }
            if (!question.answer(audit, after, sink)) {
                throw new ChangeRefused(
                        missing + then.map(time -> " at " + seconds(time)).orElse("") + ".");
            }
        });
    }

    private void noteRecording(MysqlAccessAudit audit, Instant at) throws Exception {
        Optional<Instant> since = audit.recordedSince();
        if (since.isEmpty() || at.isBefore(since.get())) {
            gerve().note("Note: "
                    + since.map(first -> "changes are recorded since " + seconds(first))
                            .orElse("no change is recorded yet")
                    + "; what was different before is not known.");
        }
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Otherwise nothing would be found, and look like an answer. */
    private void requireOrder(String first, Optional<PointInTime> one, String last, Optional<PointInTime> other) {
        if (one.isPresent()
                && other.isPresent()
                && other.get().at().isBefore(one.get().at())) {
            throw usage(first + " is later than " + last + ": nothing can be in between.");
        }
    }

    private static AccessScope scope(boolean open) {
        return open ? AccessScope.GRANTED_AND_PUBLIC : AccessScope.GRANTED;
    }

    private static String decision(Decision decision) {
        return switch (decision) {
            case Decision.Allowed allowed -> allowed.rule().label();
            case Decision.Denied denied -> "no: " + denied.rule().label();
        };
    }
}
