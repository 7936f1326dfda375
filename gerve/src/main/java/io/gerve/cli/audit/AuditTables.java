package io.gerve.cli.audit;

import io.gerve.access.Decision;
import io.gerve.audit.AccessDifference;
import io.gerve.audit.GrantChange;
import io.gerve.audit.OwnerAuditEntry;
import io.gerve.audit.ServerAuditEntry;
import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.GrantPath;
import io.gerve.cli.output.Table;
import java.util.List;
import java.util.function.Function;

/** Columns of the rows of {@code gerve audit}. */
final class AuditTables {
    private static final Table<AccessEntry> ACCESS = Table.<AccessEntry>rows()
            .column("permission", AccessEntry::permission)
            .column("role", AccessEntry::role)
            .column("pull", entry -> decision(entry.mayPull()))
            .column("push", entry -> decision(entry.mayPush()))
            .column("grant_paths", entry -> text(entry.grantPaths()))
            .column("issues", AccessEntry::issues);

    static final Table<AccessEntry> REPOSITORIES = Table.<AccessEntry>rows()
            .column("repository", entry -> entry.repository().toString())
            .columns(ACCESS, Function.identity())
            .cursorColumn(entry -> entry.cursor().toString());

    static final Table<AccessEntry> PRINCIPALS = Table.<AccessEntry>rows()
            .column("principal", AccessEntry::principal)
            .column("kind", AccessEntry::kind)
            .columns(ACCESS, Function.identity())
            .cursorColumn(entry -> entry.cursor().toString());

    static final Table<GrantChange> CHANGES = Table.<GrantChange>rows()
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

    static final Table<AccessDifference> DIFFERENCES = Table.<AccessDifference>rows()
            .column("repository", difference -> difference.repository().toString())
            .column("principal", AccessDifference::principal)
            .column("kind", AccessDifference::kind)
            .column("change", AccessDifference::change)
            .column("before", AccessDifference::before)
            .column("after", AccessDifference::after)
            .column("grant_paths_before", difference -> text(difference.grantPathsBefore()))
            .column("grant_paths_after", difference -> text(difference.grantPathsAfter()))
            .cursorColumn(difference -> difference.cursor().toString());

    static final Table<ServerAuditEntry> SERVERS = Table.<ServerAuditEntry>rows()
            .column("server", ServerAuditEntry::name)
            .column("owners", ServerAuditEntry::owners)
            .column("hosts", ServerAuditEntry::hosts)
            .column("issues", ServerAuditEntry::issues)
            .cursorColumn(ServerAuditEntry::name);

    static final Table<OwnerAuditEntry> OWNERS = Table.<OwnerAuditEntry>rows()
            .column("owner", OwnerAuditEntry::owner)
            .column("kind", OwnerAuditEntry::kind)
            .column("server", OwnerAuditEntry::server)
            .column("repositories", OwnerAuditEntry::repositories)
            .column("issues", owner -> owner.hasNoRoute() ? List.of("has repositories and no file server") : List.of())
            .cursorColumn(OwnerAuditEntry::owner);

    private AuditTables() {}

    private static List<String> text(List<GrantPath> paths) {
        return paths.stream().map(GrantPath::text).toList();
    }

    private static String decision(Decision decision) {
        return switch (decision) {
            case Decision.Allowed allowed -> allowed.rule().label();
            case Decision.Denied denied -> "no: " + denied.rule().label();
        };
    }
}
