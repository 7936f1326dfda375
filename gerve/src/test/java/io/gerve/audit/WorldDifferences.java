package io.gerve.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.Decision;
import io.gerve.access.PlainModel;
import io.gerve.access.Repository;
import io.gerve.access.World;
import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.Cursor;
import io.gerve.audit.access.GrantPath;
import io.gerve.git.GitService;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A world at two times, whose reported differences are compared with the audits of each time and with
 * {@link PlainModel}.
 */
final class WorldDifferences {
    private final WorldAt before;
    private final WorldAt after;
    private final MysqlAccessDiff diff;

    WorldDifferences(Database database, PastWorld past, int from, int to) {
        this.before = new WorldAt(database, past, from);
        this.after = new WorldAt(database, past, to);
        this.diff = new MysqlAccessDiff(
                database::sql, past.times().get(from), past.times().get(to));
    }

    /**
     * Checks the differences.
     *
     * @return the number of differences
     */
    int check() throws LookupUnavailable {
        List<AccessDifference> reported = new ArrayList<>();
        diff.ofSite(Cursor.START).forEach(reported::add);
        assertThat(texts(reported))
                .as("between %s and %s", before.world, after.world)
                .isEqualTo(expected());
        checkParts(reported);
        return reported.size();
    }

    /** Checks that the differences of one repository or account are the same as those of the site. */
    private void checkParts(List<AccessDifference> reported) throws LookupUnavailable {
        for (var repo : after.world.repositories()) {
            RepositoryName name = after.nameOf(repo);
            List<AccessDifference> ofIt = new ArrayList<>();
            diff.ofRepository(name, Cursor.START).orElseThrow().forEach(ofIt::add);
            // Another repository may have had the name before.
            assertThat(texts(reported)).containsAll(texts(ofIt));
        }
        // An organization has no keys.
        for (var person :
                after.world.people().stream().filter(one -> !one.organization()).toList()) {
            List<AccessDifference> ofOne = new ArrayList<>();
            diff.ofAccount(new Login(person.login()), Cursor.START)
                    .orElseThrow()
                    .forEach(ofOne::add);
            assertThat(texts(ofOne))
                    .as("%s between %s and %s", person, before.world, after.world)
                    .isEqualTo(texts(reported.stream()
                            .filter(difference -> difference.principal().equals(person.login()))
                            .toList()));
        }
    }

    private List<String> expected() throws LookupUnavailable {
        List<String> rows = new ArrayList<>();
        var ids = new TreeSet<>(before.repositories().keySet());
        ids.addAll(after.repositories().keySet());
        for (long id : ids) {
            Map<String, AccessEntry> then = before.entries(id);
            Map<String, AccessEntry> now = after.entries(id);
            var everybody = new TreeSet<>(then.keySet());
            everybody.addAll(now.keySet());
            String name = Optional.ofNullable(after.repositories().get(id))
                    .or(() -> Optional.ofNullable(before.repositories().get(id)))
                    .map(repo -> after.nameOf(repo).toString())
                    .orElseThrow();
            for (String principal : everybody) {
                var was = before.access(id, principal, Optional.ofNullable(then.get(principal)));
                var is = after.access(id, principal, Optional.ofNullable(now.get(principal)));
                if (!was.equals(is)) {
                    rows.add(name + " " + principal + ": " + was + " -> " + is);
                }
            }
        }
        return rows.stream().sorted().toList();
    }

    private static List<String> texts(List<AccessDifference> differences) {
        return differences.stream()
                .map(one -> one.repository() + " " + one.principal() + ": "
                        + new Access(one.before(), one.grantPathsBefore()) + " -> "
                        + new Access(one.after(), one.grantPathsAfter()))
                .sorted()
                .toList();
    }

    private record Access(String text, List<GrantPath> paths) {
        static final Access NOTHING = new Access("", List.of());
    }

    /** The world at one time, without its read-only mode. */
    private static final class WorldAt {
        private final World world;
        private final MysqlAccessAudit audit;
        private final PlainModel model;
        private final Map<String, RegisteredKey> keys = new HashMap<>();

        WorldAt(Database database, PastWorld past, int index) {
            Instant at = past.times().get(index);
            this.world = past.worlds().get(index);
            this.audit = new MysqlAccessAudit(database::sql, at);
            this.model = new PlainModel(world.writable());
            for (RegisteredKey key : new AuditedWorld(world, audit).activeKeys()) {
                switch (key.principal()) {
                    case Principal.OfAccount(var account) ->
                        keys.put(account.login().text(), key);
                    case Principal.OfDeployKey _ -> keys.put(key.fingerprint().text(), key);
                }
            }
        }

        Map<Long, World.Repo> repositories() {
            Map<Long, World.Repo> all = new HashMap<>();
            world.repositories().forEach(repo -> all.put(repo.id(), repo));
            return all;
        }

        RepositoryName nameOf(World.Repo repo) {
            return new RepositoryName(new Login(world.person(repo.owner()).login()), repo.name());
        }

        Map<String, AccessEntry> entries(long repository) throws LookupUnavailable {
            Map<String, AccessEntry> entries = new HashMap<>();
            World.Repo repo = repositories().get(repository);
            if (repo != null) {
                audit.ofRepository(nameOf(repo), Cursor.START)
                        .orElseThrow()
                        .forEach(entry -> entries.put(entry.principal(), entry));
            }
            return entries;
        }

        Access access(long repository, String principal, Optional<AccessEntry> entry) {
            World.Repo repo = repositories().get(repository);
            if (repo == null) {
                return Access.NOTHING;
            }
            String name = nameOf(repo).toString();
            if (entry.isPresent()) {
                String role = entry.get().role().name().toLowerCase(Locale.ROOT);
                return new Access(
                        permission(principal, name, entry) + ", " + role,
                        entry.get().grantPaths());
            }
            return repo.visibility() == Repository.Visibility.PUBLIC && isPerson(principal)
                    ? new Access(permission(principal, name, entry) + ", read", List.of(new GrantPath.Public()))
                    : Access.NOTHING;
        }

        private boolean isPerson(String principal) {
            return world.people().stream().anyMatch(person -> person.login().equals(principal));
        }

        /** Returns the permission. There is no key for everybody or for organizations that own repositories. */
        private String permission(String principal, String name, Optional<AccessEntry> entry) {
            RegisteredKey key = keys.get(principal);
            if (key == null) {
                return entry.filter(known -> known.mayPull() instanceof Decision.Allowed)
                                .isEmpty()
                        ? "nothing"
                        : principal.equals("everybody") ? "pull" : "push";
            }
            if (model.decision(key, name, GitService.RECEIVE_PACK).startsWith("allowed")) {
                return "push";
            }
            return model.decision(key, name, GitService.UPLOAD_PACK).startsWith("allowed") ? "pull" : "nothing";
        }
    }
}
