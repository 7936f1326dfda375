package io.gerve.cli;

import io.gerve.access.Decision;
import io.gerve.audit.MysqlAudit;
import io.gerve.audit.MysqlRightChanges;
import io.gerve.audit.MysqlRightChanges.Subject.OfAccount;
import io.gerve.audit.MysqlRightChanges.Subject.OfKey;
import io.gerve.audit.MysqlRightChanges.Subject.OfRepository;
import io.gerve.audit.MysqlRightChanges.Subject.OfTeam;
import io.gerve.audit.OwnerFacts;
import io.gerve.audit.Place;
import io.gerve.audit.Reach;
import io.gerve.audit.RightChange;
import io.gerve.audit.RightDifference;
import io.gerve.audit.ServerFacts;
import io.gerve.audit.Way;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Login;
import io.gerve.registry.Refused;
import io.gerve.registry.TeamName;
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
        exitCodeList = {"0:Nothing is amiss.", "1:Something is: see the rows.", AuditCommand.COULD_NOT})
final class AuditCommand extends CommandGroup {
    static final String COULD_NOT = "2:It could not be found out, or the command was called wrongly.";

    private static final Table<Reach> REACHED = Table.<Reach>rows()
            .column("repository", reach -> reach.repository().toString())
            .column("may", Reach::may)
            .column("role", Reach::role)
            .column("pull", reach -> decision(reach.pull()))
            .column("push", reach -> decision(reach.push()))
            .column("ways", reach -> words(reach.ways()))
            .column("amiss", Reach::amiss)
            .goesOnAfter(reach -> reach.place().toString());

    private static final Table<Reach> PEOPLE = Table.<Reach>rows()
            .column("who", Reach::who)
            .column("kind", Reach::kind)
            .column("may", Reach::may)
            .column("role", Reach::role)
            .column("pull", reach -> decision(reach.pull()))
            .column("push", reach -> decision(reach.push()))
            .column("ways", reach -> words(reach.ways()))
            .column("amiss", Reach::amiss)
            .goesOnAfter(reach -> reach.place().toString());

    private static final Table<RightChange> CHANGES = Table.<RightChange>rows()
            .column("id", RightChange::id)
            .column("at", RightChange::at)
            .column("by", RightChange::by)
            .column("through", RightChange::through)
            .column("kind", RightChange::kind)
            .column("account", RightChange::account)
            .column("repository", RightChange::repository)
            .column("team", RightChange::team)
            .column("organization", RightChange::organization)
            .column("key", RightChange::key)
            .column("before", RightChange::before)
            .column("after", RightChange::after)
            .goesOnAfter(change -> Long.toString(change.id()));

    private static final Table<RightDifference> DIFFERENCES = Table.<RightDifference>rows()
            .column("repository", difference -> difference.repository().toString())
            .column("who", RightDifference::who)
            .column("kind", RightDifference::kind)
            .column("change", RightDifference::change)
            .column("before", RightDifference::before)
            .column("after", RightDifference::after)
            .column("ways_before", difference -> words(difference.waysBefore()))
            .column("ways_after", difference -> words(difference.waysAfter()))
            .goesOnAfter(difference -> difference.place().toString());

    private static final Table<ServerFacts> SERVERS = Table.<ServerFacts>rows()
            .column("server", ServerFacts::name)
            .column("owners", ServerFacts::owners)
            .column("hosts", ServerFacts::hosts)
            .column("amiss", ServerFacts::findings)
            .goesOnAfter(ServerFacts::name);

    private static final Table<OwnerFacts> OWNERS = Table.<OwnerFacts>rows()
            .column("owner", OwnerFacts::owner)
            .column("kind", OwnerFacts::kind)
            .column("server", OwnerFacts::server)
            .column("repositories", OwnerFacts::repositories)
            .column("amiss", owner -> owner.isLost() ? "has repositories and no file server" : "")
            .goesOnAfter(OwnerFacts::owner);

    /** The time that is asked about. */
    static final class At {
        @Option(
                names = "--at",
                paramLabel = "TIME",
                description = "As it was then: 2026-03-01T12:00:00Z, 2026-03-01, or 7d for seven days ago.")
        private Optional<PointInTime> at = Optional.empty();

        Optional<Instant> instant() {
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
            @Mixin Listing listing) {
        return reaches(
                PEOPLE,
                listing,
                at,
                AuditSubject.missing(new OfRepository(repository)),
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
            @Mixin Listing listing) {
        return reaches(
                REACHED,
                listing,
                at,
                AuditSubject.missing(new OfAccount(login)),
                (audit, after, sink) -> audit.ofAccount(login, scope(open), after, sink));
    }

    @Command(
            header = "Every repository that a team's members reach through it.",
            description = {"", "Through the teams above it too; what members reach by other ways is left out."})
    int team(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @Mixin At at,
            @Mixin Listing listing) {
        return reaches(
                REACHED,
                listing,
                at,
                AuditSubject.missing(new OfTeam(team.organization(), team.slug())),
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
            @Mixin Listing listing) {
        return reaches(
                REACHED,
                listing,
                at,
                AuditSubject.missing(new OfKey(fingerprint)),
                (audit, after, sink) -> audit.ofKey(fingerprint, scope(open), after, sink));
    }

    @Command(
            header = "Who granted or removed what, when, and through what; oldest first.",
            description = {"", "Of all of the site, or of one: what was deleted since is found by the name that it had."
            },
            exitCodeList = {"0:The changes are told, or there was none.", COULD_NOT})
    int changes(
            @Mixin AuditSubject of,
            @Option(names = "--since", paramLabel = "TIME", description = "From then on: 7d, or a day, or a time.")
                    Optional<PointInTime> since,
            @Option(names = "--until", paramLabel = "TIME", description = "Until then.") Optional<PointInTime> until,
            @Mixin Listing listing) {
        if (of.isMoreThanOne()) {
            throw usage("--account, --repo, --team, --key and --server do not go together.");
        }
        requireOrder("--since", since, "--until", until);
        var subject = of.subject();
        var stretch = new MysqlRightChanges.Stretch(
                since.map(PointInTime::at).orElse(Instant.EPOCH),
                until.map(PointInTime::at).orElseGet(Instant::now),
                listing.after().map(this::change).orElse(0L));
        return Audited.of(this, CHANGES, listing, _ -> false, (site, sink) -> {
            if (!site.changes().isKnown(subject)) {
                throw new Refused(AuditSubject.missing(subject) + ", and there was none.");
            }
            if (!site.changes().each(subject, stretch, sink)) {
                throw new Refused("There is no change " + stretch.after() + ".");
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
            exitCodeList = {"0:There is no difference.", "1:There is: see the rows.", COULD_NOT})
    int diff(
            @Option(names = "--from", paramLabel = "TIME", required = true, description = "The earlier time.")
                    PointInTime from,
            @Option(names = "--to", paramLabel = "TIME", description = "The later time; now if none is given.")
                    Optional<PointInTime> to,
            @Option(names = "--repo", paramLabel = "REPO", description = "Of a repository.")
                    Optional<RepositoryName> repository,
            @Option(names = "--account", paramLabel = "LOGIN", description = "Of an account.") Optional<Login> account,
            @Mixin Listing listing) {
        Instant end = to.map(PointInTime::at).orElseGet(Instant::now);
        if (repository.isPresent() && account.isPresent()) {
            throw usage("--repo does not go with --account.");
        }
        requireOrder("--from", Optional.of(from), "--to", to);
        Place after = place(listing);
        return Audited.of(this, DIFFERENCES, listing, _ -> true, (site, sink) -> {
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

    private static void requireEither(boolean found, String what) throws Refused {
        if (!found) {
            throw new Refused("There was no " + what + " at either time.");
        }
    }

    @Command(
            header = "File servers: how many owners each has, hosts without a pinned key, servers without a stand-by.",
            description = {"", "What became of one, and who was routed to it: gerve audit changes --server fs1"})
    int server(@Mixin Listing listing) {
        return Audited.of(this, SERVERS, listing, server -> !server.findings().isEmpty(), (site, sink) -> {
            for (ServerFacts server : site.routeAudit().servers()) {
                if (isBehind(server, listing) && !sink.take(server)) {
                    return;
                }
            }
        });
    }

    private static boolean isBehind(ServerFacts server, Listing listing) {
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
    int routes(@Mixin Listing listing) {
        Optional<Login> after = listing.after().map(this::login);
        return Audited.of(this, OWNERS, listing, OwnerFacts::isLost, (site, sink) -> {
            if (after.isEmpty()) {
                site.routeAudit().owners(sink);
            } else if (!site.routeAudit().ownersAfter(after.get(), sink)) {
                throw new Refused("There is no account " + after.get() + ".");
            }
        });
    }

    private Place place(Listing listing) {
        try {
            return listing.after().map(Place::parse).orElse(Place.START);
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

    private static List<String> words(List<Way> ways) {
        return ways.stream().map(Way::text).toList();
    }

    private interface Question {
        /** @return whether there is what was asked about */
        boolean answer(MysqlAudit audit, Place after, Reach.Sink<Reach> sink) throws Exception;
    }

    /** @param missing what to say if there is nothing of that name: a sentence, but for when and the full stop */
    private int reaches(Table<Reach> table, Listing listing, At at, String missing, Question question) {
        Place after = place(listing);
        return Audited.of(this, table, listing, reach -> !reach.amiss().isEmpty(), (site, sink) -> {
            Optional<Instant> then = at.instant();
            MysqlAudit audit = then.isPresent() ? site.audit(then.get()) : site.audit();
            if (then.isPresent()) {
                noteRecording(audit, then.get());
            }
            if (!question.answer(audit, after, sink)) {
                throw new Refused(
                        missing + then.map(time -> " at " + seconds(time)).orElse("") + ".");
            }
        });
    }

    private void noteRecording(MysqlAudit audit, Instant at) throws Exception {
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

    private static MysqlAudit.Scope scope(boolean open) {
        return open ? MysqlAudit.Scope.GRANTED_AND_PUBLIC : MysqlAudit.Scope.GRANTED;
    }

    private static String decision(Decision decision) {
        return switch (decision) {
            case Decision.Allowed allowed -> allowed.rule().word();
            case Decision.Denied denied -> "no: " + denied.rule().word();
        };
    }
}
