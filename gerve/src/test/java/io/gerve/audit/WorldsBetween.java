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

/** One world at two times: what the differences between them are said to be, against what each time's audits and {@link PlainModel} say. */
final class WorldsBetween {
    private final Moment before;
    private final Moment after;
    private final MysqlAccessDiff diff;

    WorldsBetween(Database database, PastWorld past, int from, int to) {
        this.before = new Moment(database, past, from);
        this.after = new Moment(database, past, to);
        this.diff = new MysqlAccessDiff(
                database::sql, past.times().get(from), past.times().get(to));
    }

    /** @return how many there are */
    int check() throws LookupUnavailable {
        List<AccessDifference> told = new ArrayList<>();
        diff.ofSite(Cursor.START, told::add);
        assertThat(texts(told))
                .as("between %s and %s", before.world, after.world)
                .isEqualTo(expected());
        checkParts(told);
        return told.size();
    }

    /** Asked for one repository or one account, the same is told. */
    private void checkParts(List<AccessDifference> told) throws LookupUnavailable {
        for (var repo : after.world.repositories()) {
            RepositoryName name = after.nameOf(repo);
            List<AccessDifference> ofIt = new ArrayList<>();
            assertThat(diff.ofRepository(name, Cursor.START, ofIt::add)).isTrue();
            // Another repository may have had the name before.
            assertThat(texts(told)).containsAll(texts(ofIt));
        }
        // Nobody logs in as an organization.
        for (var person :
                after.world.people().stream().filter(one -> !one.organization()).toList()) {
            List<AccessDifference> ofOne = new ArrayList<>();
            assertThat(diff.ofAccount(new Login(person.login()), Cursor.START, ofOne::add))
                    .isTrue();
            assertThat(texts(ofOne))
                    .as("%s between %s and %s", person, before.world, after.world)
                    .isEqualTo(texts(told.stream()
                            .filter(difference -> difference.principal().equals(person.login()))
                            .toList()));
        }
    }

    private List<String> expected() throws LookupUnavailable {
        List<String> rows = new ArrayList<>();
        var ids = new TreeSet<>(before.repositories().keySet());
        ids.addAll(after.repositories().keySet());
        for (long id : ids) {
            Map<String, AccessEntry> then = before.reaches(id);
            Map<String, AccessEntry> now = after.reaches(id);
            var everybody = new TreeSet<>(then.keySet());
            everybody.addAll(now.keySet());
            String name = Optional.ofNullable(after.repositories().get(id))
                    .or(() -> Optional.ofNullable(before.repositories().get(id)))
                    .map(repo -> after.nameOf(repo).toString())
                    .orElseThrow();
            for (String who : everybody) {
                var was = before.can(id, who, Optional.ofNullable(then.get(who)));
                var is = after.can(id, who, Optional.ofNullable(now.get(who)));
                if (!was.equals(is)) {
                    rows.add(name + " " + who + ": " + was + " -> " + is);
                }
            }
        }
        return rows.stream().sorted().toList();
    }

    private static List<String> texts(List<AccessDifference> differences) {
        return differences.stream()
                .map(one ->
                        one.repository() + " " + one.principal() + ": " + new Can(one.before(), one.grantPathsBefore())
                                + " -> " + new Can(one.after(), one.grantPathsAfter()))
                .sorted()
                .toList();
    }

    private record Can(String text, List<GrantPath> ways) {
        static final Can NOTHING = new Can("", List.of());
    }

    /** The world as it was at one time, as if nobody had switched it to read-only. */
    private static final class Moment {
        private final World world;
        private final MysqlAccessAudit audit;
        private final PlainModel model;
        private final Map<String, RegisteredKey> keys = new HashMap<>();

        Moment(Database database, PastWorld past, int which) {
            Instant at = past.times().get(which);
            this.world = past.worlds().get(which);
            this.audit = new MysqlAccessAudit(database::sql, at);
            this.model = new PlainModel(world.writable());
            for (RegisteredKey key : new AuditedWorld(world, audit).soundKeys()) {
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

        Map<String, AccessEntry> reaches(long repository) throws LookupUnavailable {
            Map<String, AccessEntry> reaches = new HashMap<>();
            World.Repo repo = repositories().get(repository);
            if (repo != null) {
                audit.ofRepository(nameOf(repo), Cursor.START, reach -> {
                    reaches.put(reach.principal(), reach);
                    return true;
                });
            }
            return reaches;
        }

        Can can(long repository, String who, Optional<AccessEntry> reach) {
            World.Repo repo = repositories().get(repository);
            if (repo == null) {
                return Can.NOTHING;
            }
            String name = nameOf(repo).toString();
            if (reach.isPresent()) {
                String role = reach.get().role().name().toLowerCase(Locale.ROOT);
                return new Can(may(who, name, reach) + ", " + role, reach.get().grantPaths());
            }
            return repo.visibility() == Repository.Visibility.PUBLIC && isPerson(who)
                    ? new Can(may(who, name, reach) + ", read", List.of(new GrantPath.Public()))
                    : Can.NOTHING;
        }

        private boolean isPerson(String who) {
            return world.people().stream().anyMatch(person -> person.login().equals(who));
        }

        /** Of everybody, and of the organizations that own something, no key tells. */
        private String may(String who, String name, Optional<AccessEntry> reach) {
            RegisteredKey key = keys.get(who);
            if (key == null) {
                return reach.filter(known -> known.mayPull() instanceof Decision.Allowed)
                                .isEmpty()
                        ? "nothing"
                        : who.equals("everybody") ? "pull" : "push";
            }
            if (model.decision(key, name, GitService.RECEIVE_PACK).startsWith("allowed")) {
                return "push";
            }
            return model.decision(key, name, GitService.UPLOAD_PACK).startsWith("allowed") ? "pull" : "nothing";
        }
    }
}
