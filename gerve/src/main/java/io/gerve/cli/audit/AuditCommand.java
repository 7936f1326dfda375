package io.gerve.cli.audit;

import io.gerve.admin.ChangeRefused;
import io.gerve.admin.TeamName;
import io.gerve.audit.MysqlAccessAudit;
import io.gerve.audit.MysqlChangeHistory.Subject.OfAccount;
import io.gerve.audit.MysqlChangeHistory.Subject.OfKey;
import io.gerve.audit.MysqlChangeHistory.Subject.OfRepository;
import io.gerve.audit.MysqlChangeHistory.Subject.OfTeam;
import io.gerve.audit.OwnerAuditEntry;
import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.AccessScope;
import io.gerve.audit.access.Cursor;
import io.gerve.audit.access.Results;
import io.gerve.cli.CommandGroup;
import io.gerve.cli.option.AtOption;
import io.gerve.cli.option.PointInTime;
import io.gerve.cli.output.ListingOptions;
import io.gerve.cli.output.Table;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.program.ExitStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;
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
                    + " cron whether there are issues.",
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
                    + " that were not made with Gerve, the route of a past request, and past key policies.",
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
    @Command(
            header = "List everyone who can read or write a repository, with each grant path.",
            description = {
                "",
                "Rows: everybody, if the repository is public; deploy keys; accounts. An issue is a grant that cannot"
                        + " be used, such as that of a suspended account.",
                "",
                "  gerve audit repo mojombo/bert --where permission=push"
            })
    int repo(
            @Parameters(paramLabel = "REPO", description = "owner/name") RepositoryName repository,
            @Mixin AtOption at,
            @Mixin ListingOptions listing) {
        return access(
                AuditTables.PRINCIPALS,
                listing,
                at,
                ChangeOptions.missing(new OfRepository(repository)),
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
            @Mixin AtOption at,
            @Mixin ListingOptions listing) {
        return access(
                AuditTables.REPOSITORIES,
                listing,
                at,
                ChangeOptions.missing(new OfAccount(login)),
                (audit, after) -> audit.ofAccount(login, AccessScope.of(includePublic), after));
    }

    @Command(
            header = "List every repository that the members of a team can access through the team.",
            description = {"", "Includes the roles of parent teams. Other grants of the members are left out."})
    int team(
            @Parameters(paramLabel = "TEAM", description = "organization/team") TeamName team,
            @Mixin AtOption at,
            @Mixin ListingOptions listing) {
        return access(
                AuditTables.REPOSITORIES,
                listing,
                at,
                ChangeOptions.missing(new OfTeam(team.organization(), team.slug())),
                (audit, after) -> audit.ofTeam(team.organization(), team.slug(), after));
    }

    /** Runs {@code gerve audit key FINGERPRINT}. */
    int keyAccess(Fingerprint fingerprint, boolean includePublic, AtOption at, ListingOptions listing) {
        return access(
                AuditTables.REPOSITORIES,
                listing,
                at,
                ChangeOptions.missing(new OfKey(fingerprint)),
                (audit, after) -> audit.ofKey(fingerprint, AccessScope.of(includePublic), after));
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
    int changes(@Mixin ChangeOptions options, @Mixin ListingOptions listing) {
        options.check(this::usage);
        var subject = options.subject();
        var range = options.range(listing.after(Long::valueOf, _ -> usage("--after takes the id of a change."))
                .orElse(0L));
        return AuditRun.run(this, AuditTables.CHANGES, listing, _ -> false, site -> {
            if (!site.changes().isKnown(subject)) {
                throw new ChangeRefused(ChangeOptions.missing(subject) + ", and there never was.");
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
        if (PointInTime.isReversed(Optional.of(from), to)) {
            throw usage("--from is later than --to.");
        }
        Cursor after = cursor(listing);
        return AuditRun.run(this, AuditTables.DIFFERENCES, listing, _ -> true, site -> {
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
        Optional<String> after = listing.after(Function.identity(), this::usage);
        return AuditRun.run(
                this,
                AuditTables.SERVERS,
                listing,
                server -> !server.issues().isEmpty(),
                site -> Results.of(site.routeAudit().servers().stream()
                        .filter(server -> after.isEmpty() || server.name().compareToIgnoreCase(after.get()) > 0)
                        .toList()));
    }

    @Command(
            header = "List owners with their file servers.",
            description = {
                "",
                "An issue is an owner who has repositories and no route. The route of one owner: gerve route show"
                        + " mojombo"
            })
    int routes(@Mixin ListingOptions listing) {
        Optional<Login> after = listing.after(Login::new, _ -> usage("--after takes an owner's login."));
        return AuditRun.run(
                this,
                AuditTables.OWNERS,
                listing,
                OwnerAuditEntry::hasNoRoute,
                site -> after.isEmpty()
                        ? site.routeAudit().owners()
                        : site.routeAudit()
                                .ownersAfter(after.get())
                                .orElseThrow(() -> new ChangeRefused("There is no account " + after.get() + ".")));
    }

    private Cursor cursor(ListingOptions listing) {
        return listing.after(
                        Cursor::parse,
                        _ -> usage("--after takes the cursor that the page before printed on standard error, such as"
                                + " 1:42:7."))
                .orElse(Cursor.START);
    }

    private interface AccessQuery {
        /** @return empty if the subject does not exist */
        Optional<Results<AccessEntry>> rows(MysqlAccessAudit audit, Cursor after) throws Exception;
    }

    /** @param missing the message if the subject does not exist, without the end of the sentence */
    private int access(
            Table<AccessEntry> table, ListingOptions listing, AtOption at, String missing, AccessQuery query) {
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
}
