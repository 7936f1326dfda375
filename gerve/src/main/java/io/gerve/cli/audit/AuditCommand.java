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
import io.gerve.audit.access.Results;
import io.gerve.cli.CommandGroup;
import io.gerve.cli.option.PointInTime;
import io.gerve.cli.output.ListingOptions;
import io.gerve.cli.output.Table;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.ExitStatus;
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
        header = "List who has access to what, through which grants; issues; and changes.",
        description = {
            "",
            "Every decision is made by the gate's own code. Rows are printed as they are found. The exit status tells"
                    + " cron whether there are"
                    + " issues.",
            "",
            "  gerve audit repo mojombo/bert --where permission=push",
            "  gerve audit user tom --at 2026-03-01T12:00:00Z",
            "  gerve audit key --stale 365d --format csv",
            "  gerve audit changes --repo mojombo/bert --since 7d",
            "  gerve audit log --repo mojombo/bert --refused",
            "",
            "Where --limit cuts the rows, the last line on standard error has the cursor of the next page: Next page:"
                    + " --after 1:42:7",
            "",
            "Past access is computed from recorded changes. Not known are changes before the first record, changes"
                    + " that were not made with"
                    + " Gerve, the route of a past request, and past key policies.",
        },
        subcommands = {AuditKeyCommand.class, AuditLogCommand.class},
        scope = ScopeType.INHERIT,
        exitCodeList = {
            "0:No issues.",
            "1:Issues found: see the rows. Or refused: standard error says why.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            ExitStatus.TRY_AGAIN_HELP,
            ExitStatus.CONFIG_HELP
        })
public final class AuditCommand extends CommandGroup {
    private static final Table<AccessEntry> REPOSITORIES = Table.<AccessEntry>rows()
            .column("repository", entry -> entry.repository().toString())
            .column("permission", AccessEntry::permission)
            .column("role", AccessEntry::role)
            .column("pull", entry -> decision(entry.mayPull()))
            .column("push", entry -> decision(entry.mayPush()))
            .column("grant_paths", entry -> text(entry.grantPaths()))
            .column("issues", AccessEntry::issues)
            .cursorColumn(entry -> entry.cursor().toString());

    private static final Table<AccessEntry> PRINCIPALS = Table.<AccessEntry>rows()
            .column("principal", AccessEntry::principal)
            .column("kind", AccessEntry::kind)
            .column("permission", AccessEntry::permission)
            .column("role", AccessEntry::role)
            .column("pull", entry -> decision(entry.mayPull()))
            .column("push", entry -> decision(entry.mayPush()))
            .column("grant_paths", entry -> text(entry.grantPaths()))
            .column("issues", AccessEntry::issues)
            .cursorColumn(entry -> entry.cursor().toString());

    private static final Table<GrantChange> CHANGES = Table.<GrantChange>rows()
            .column("id", GrantChange::id)
            .column("changed_at", GrantChange::at)
            .column("actor", GrantChange::actor)
            .column("program", GrantChange::program)
            .column("kind", GrantChange::kind)
            .column("account", GrantChange::account)
            .column("repository", GrantChange::repository)
            .column("team", GrantChange::team)
            .column("organization", GrantChange::organization)
            .column("key_fingerprint", GrantChange::key)
            .column("before", GrantChange::before)
            .column("after", GrantChange::after)
            .cursorColumn(change -> Long.toString(change.id()));

    private static final Table<AccessDifference> DIFFERENCES = Table.<AccessDifference>rows()
            .column("repository", difference -> difference.repository().toString())
            .column("principal", AccessDifference::principal)
            .column("kind", AccessDifference::kind)
            .column("change", AccessDifference::change)
            .column("before", AccessDifference::before)
            .column("after", AccessDifference::after)
            .column("grant_paths_before", difference -> text(difference.grantPathsBefore()))
            .column("grant_paths_after", difference -> text(difference.grantPathsAfter()))
            .cursorColumn(difference -> difference.cursor().toString());

    private static final Table<ServerAuditEntry> SERVERS = Table.<ServerAuditEntry>rows()
            .column("server", ServerAuditEntry::name)
            .column("owners", ServerAuditEntry::owners)
            .column("hosts", ServerAuditEntry::hosts)
            .column("issues", ServerAuditEntry::issues)
            .cursorColumn(ServerAuditEntry::name);

    private static final Table<OwnerAuditEntry> OWNERS = Table.<OwnerAuditEntry>rows()
            .column("owner", OwnerAuditEntry::owner)
            .column("kind", OwnerAuditEntry::kind)
            .column("server", OwnerAuditEntry::server)
            .column("repositories", OwnerAuditEntry::repositories)
            .column("issues", owner -> owner.hasNoRoute() ? List.of("has repositories and no file server") : List.of())
            .cursorColumn(OwnerAuditEntry::owner);

    /** Option {@code --at}: a past time. */
    public static final class At {
        @Option(
                names = "--at",
                paramLabel = "TIME",
                description = "At a past time: 2026-03-01T12:00:00Z, 2026-03-01, or 7d for seven days ago.")
        private Optional<PointInTime> at = Optional.empty();

        public Optional<Instant> instant() {
            return at.map(PointInTime::at);
        }
    }

    @Command(
            header = "List everyone who can read or write a repository, with each grant path.",
            description = {
                "",
                "Rows: everybody, if the repository is public; deploy keys; accounts. An issue is a grant that cannot"
                        + " be used, such as that of"
                        + " a suspended account.",
                "",
                "  gerve audit repo mojombo/bert --where permission=push"
            })
    int repo(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Mixin At at,
            @Mixin ListingOptions listing) {
        return access(
                PRINCIPALS,
                listing,
                at,
                ChangeSubjectOptions.missing(new OfRepository(repository)),
                (audit, after) -> audit.ofRepository(repository, after));
    }

    @Command(
            header = "List every repository that an account can access, with its role and each grant path.",
            description = {
                "",
                "As if the account had a valid key. An issue is a grant that cannot be used.",
                "",
                "  gerve audit user tom --at 2026-03-01T12:00:00Z"
            })
    int user(
            @Parameters(paramLabel = "LOGIN", description = "The account.") Login login,
            @Option(names = "--include-public", description = "Also public repositories.") boolean includePublic,
            @Mixin At at,
            @Mixin ListingOptions listing) {
        return access(
                REPOSITORIES,
                listing,
                at,
                ChangeSubjectOptions.missing(new OfAccount(login)),
                (audit, after) -> audit.ofAccount(login, scope(includePublic), after));
    }

    @Command(
            header = "List every repository that the members of a team can access through the team.",
            description = {"", "Includes the roles of parent teams. Other grants of the members are left out."})
    int team(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @Mixin At at,
            @Mixin ListingOptions listing) {
        return access(
                REPOSITORIES,
                listing,
                at,
                ChangeSubjectOptions.missing(new OfTeam(team.organization(), team.slug())),
                (audit, after) -> audit.ofTeam(team.organization(), team.slug(), after));
    }

    /** Runs {@code gerve audit key FINGERPRINT}. */
    int keyAccess(Fingerprint fingerprint, boolean includePublic, At at, ListingOptions listing) {
        return access(
                REPOSITORIES,
                listing,
                at,
                ChangeSubjectOptions.missing(new OfKey(fingerprint)),
                (audit, after) -> audit.ofKey(fingerprint, scope(includePublic), after));
    }

    @Command(
            header = "List the history of changes: who changed what, when, and with which program; oldest first.",
            description = {
                "",
                "Of the whole site, or of one subject. A deleted subject is found by its last name.",
                "",
                "  gerve audit changes --repo mojombo/bert --since 7d"
            },
            exitCodeList = {
                "0:Done, also if there is no change.",
                "1:Refused: standard error says why.",
                ExitStatus.USAGE_HELP,
                ExitStatus.UNAVAILABLE_HELP,
                ExitStatus.TRY_AGAIN_HELP,
                ExitStatus.CONFIG_HELP
            })
    int changes(
            @Mixin ChangeSubjectOptions subjectOptions,
            @Option(
                            names = "--since",
                            paramLabel = "TIME",
                            description = "Changes from this time on: 7d, a day, or a time.")
                    Optional<PointInTime> since,
            @Option(names = "--until", paramLabel = "TIME", description = "Changes until this time.")
                    Optional<PointInTime> until,
            @Mixin ListingOptions listing) {
        if (subjectOptions.isMoreThanOne()) {
            throw usage("Give only one of --account, --repo, --team, --key and --server.");
        }
        requireOrder("--since", since, "--until", until);
        var subject = subjectOptions.subject();
        var range = new MysqlChangeHistory.Range(
                since.map(PointInTime::at).orElse(Instant.EPOCH),
                until.map(PointInTime::at).orElseGet(Instant::now),
                listing.after().map(this::change).orElse(0L));
        return AuditRun.run(this, CHANGES, listing, _ -> false, site -> {
            if (!site.changes().isKnown(subject)) {
                throw new ChangeRefused(ChangeSubjectOptions.missing(subject) + ", and there never was.");
            }
            return site.changes()
                    .changes(subject, range)
                    .orElseThrow(() -> new ChangeRefused("There is no change " + range.after() + "."));
        });
    }

    @Command(
            header = "List the access that was gained and lost between two times.",
            description = {
                "",
                "Of one repository, of one account, or of the whole site. Read-only mode of the site is not access,"
                        + " and is left out.",
                "",
                "  gerve audit diff --from 7d --repo mojombo/bert"
            },
            exitCodeList = {
                "0:No difference.",
                "1:Differences found: see the rows. Or refused: standard error says why.",
                ExitStatus.USAGE_HELP,
                ExitStatus.UNAVAILABLE_HELP,
                ExitStatus.TRY_AGAIN_HELP,
                ExitStatus.CONFIG_HELP
            })
    int diff(
            @Option(names = "--from", paramLabel = "TIME", required = true, description = "The earlier time.")
                    PointInTime from,
            @Option(names = "--to", paramLabel = "TIME", description = "The later time. Default: now.")
                    Optional<PointInTime> to,
            @Option(names = "--repo", paramLabel = "REPO", description = "Differences of one repository.")
                    Optional<RepositoryName> repository,
            @Option(names = "--account", paramLabel = "LOGIN", description = "Differences of one account.")
                    Optional<Login> account,
            @Mixin ListingOptions listing) {
        Instant end = to.map(PointInTime::at).orElseGet(Instant::now);
        if (repository.isPresent() && account.isPresent()) {
            throw usage("Give only one of --repo and --account.");
        }
        requireOrder("--from", Optional.of(from), "--to", to);
        Cursor after = cursor(listing);
        return AuditRun.run(this, DIFFERENCES, listing, _ -> true, site -> {
            noteRecording(site.audit(from.at()), from.at());
            var diff = site.diff(from.at(), end);
            if (repository.isPresent()) {
                return diff.ofRepository(repository.get(), after)
                        .orElseThrow(() -> neverExisted("repository " + repository.get()));
            }
            if (account.isPresent()) {
                return diff.ofAccount(account.get(), after).orElseThrow(() -> neverExisted("account " + account.get()));
            }
            return diff.ofSite(after);
        });
    }

    private static ChangeRefused neverExisted(String subject) {
        return new ChangeRefused("There was no " + subject + " at either time.");
    }

    @Command(
            header = "List file servers with issues: hosts without a pinned key, servers without a standby.",
            description = {"", "The history of one: gerve audit changes --server fs1"})
    int server(@Mixin ListingOptions listing) {
        return AuditRun.run(
                this,
                SERVERS,
                listing,
                server -> !server.issues().isEmpty(),
                site -> Results.of(site.routeAudit().servers().stream()
                        .filter(server -> isAfter(server, listing))
                        .toList()));
    }

    private static boolean isAfter(ServerAuditEntry server, ListingOptions listing) {
        return listing.after()
                .map(name -> server.name().compareToIgnoreCase(name) > 0)
                .orElse(true);
    }

    @Command(
            header = "List owners with their file servers.",
            description = {
                "",
                "An issue is an owner who has repositories and no route. The route of one owner: gerve route show"
                        + " mojombo"
            })
    int routes(@Mixin ListingOptions listing) {
        Optional<Login> after = listing.after().map(this::login);
        return AuditRun.run(
                this,
                OWNERS,
                listing,
                OwnerAuditEntry::hasNoRoute,
                site -> after.isEmpty()
                        ? site.routeAudit().owners()
                        : site.routeAudit()
                                .ownersAfter(after.get())
                                .orElseThrow(() -> new ChangeRefused("There is no account " + after.get() + ".")));
    }

    private Cursor cursor(ListingOptions listing) {
        try {
            return listing.after().map(Cursor::parse).orElse(Cursor.START);
        } catch (IllegalArgumentException _) {
            throw usage("--after takes the cursor that the page before printed on standard error, such as 1:42:7.");
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

    private static List<String> text(List<GrantPath> paths) {
        return paths.stream().map(GrantPath::text).toList();
    }

    private interface AccessQuery {
        /** @return empty if the subject does not exist */
        Optional<Results<AccessEntry>> rows(MysqlAccessAudit audit, Cursor after) throws Exception;
    }

    /** @param missing the message if the subject does not exist, without the end of the sentence */
    private int access(Table<AccessEntry> table, ListingOptions listing, At at, String missing, AccessQuery query) {
        Cursor after = cursor(listing);
        return AuditRun.run(this, table, listing, entry -> !entry.issues().isEmpty(), site -> {
            Optional<Instant> then = at.instant();
            MysqlAccessAudit audit = then.isPresent() ? site.audit(then.get()) : site.audit();
            if (then.isPresent()) {
                noteRecording(audit, then.get());
            }
            return query.rows(audit, after)
                    .orElseThrow(() -> new ChangeRefused(
                            missing + then.map(time -> " at " + seconds(time)).orElse("") + "."));
        });
    }

    private void noteRecording(MysqlAccessAudit audit, Instant at) throws Exception {
        Optional<Instant> since = audit.recordedSince();
        if (since.isEmpty() || at.isBefore(since.get())) {
            gerve().note("Note: "
                    + since.map(first -> "changes are recorded since " + seconds(first))
                            .orElse("no change is recorded yet")
                    + "; earlier changes are not known.");
        }
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Refuses a range that ends before it begins, whose empty result would look valid. */
    private void requireOrder(String first, Optional<PointInTime> one, String last, Optional<PointInTime> other) {
        if (one.isPresent()
                && other.isPresent()
                && other.get().at().isBefore(one.get().at())) {
            throw usage(first + " is later than " + last + ".");
        }
    }

    private static AccessScope scope(boolean includePublic) {
        return includePublic ? AccessScope.GRANTED_AND_PUBLIC : AccessScope.GRANTED;
    }

    private static String decision(Decision decision) {
        return switch (decision) {
            case Decision.Allowed allowed -> allowed.rule().label();
            case Decision.Denied denied -> "no: " + denied.rule().label();
        };
    }
}
