package io.gerve.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.Decision;
import io.gerve.access.PlainModel;
import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.access.Rule;
import io.gerve.access.World;
import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.AccessScope;
import io.gerve.audit.access.Cursor;
import io.gerve.audit.access.GrantPath;
import io.gerve.git.GitService;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import io.gerve.lookup.LookupUnavailable;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A world with its audits, which are compared with each other and with {@link PlainModel}. */
public record AuditedWorld(World world, MysqlAccessAudit audit) {
    void check() throws LookupUnavailable {
        Map<String, AccessEntry> byRepository = new HashMap<>();
        for (var repo : world.repositories()) {
            String name = nameOf(repo);
            for (AccessEntry entry : ofRepository(name)) {
                assertThat(byRepository.put(entry.principal() + " " + name, entry))
                        .isNull();
            }
            for (RegisteredKey key : activeKeys()) {
                checkOne(key, name, repo, Optional.ofNullable(byRepository.get(principal(key) + " " + name)));
            }
            boolean isPublic = repo.visibility() == Repository.Visibility.PUBLIC;
            assertThat(byRepository.containsKey("everybody " + name)).isEqualTo(isPublic);
        }
        for (var person : world.people()) {
            // An organization has no keys.
            if (!person.organization()) {
                checkAccount(person, byRepository);
            }
        }
    }

    private void checkOne(RegisteredKey key, String name, World.Repo repo, Optional<AccessEntry> reported)
            throws LookupUnavailable {
        var model = new PlainModel(world);
        boolean isDeployKey = key.principal() instanceof Principal.OfDeployKey;
        Rule read = isDeployKey
                ? world.deployRights().stream()
                                .anyMatch(right -> right.key() == key.id() && right.repository() == repo.id())
                        ? Rule.DEPLOY_KEY
                        : Rule.NO_GRANT
                : model.accountRule(key.id(), repo, Role.READ);
        boolean isGranted = read != Rule.NO_GRANT && read != Rule.PUBLIC;
        boolean hasGrantPath = reported.stream()
                .flatMap(entry -> entry.grantPaths().stream())
                .anyMatch(path -> !(path instanceof GrantPath.Public));
        assertThat(hasGrantPath).as("%s on %s in %s", key, name, world).isEqualTo(isGranted);
        if (reported.isPresent()) {
            assertThat(text(reported.get().mayPull()))
                    .as("pull by %s on %s in %s", key, name, world)
                    .isEqualTo(model.decision(key, name, GitService.UPLOAD_PACK));
            assertThat(text(reported.get().mayPush()))
                    .as("push by %s on %s in %s", key, name, world)
                    .isEqualTo(model.decision(key, name, GitService.RECEIVE_PACK));
        }
    }

    private void checkAccount(World.Person person, Map<String, AccessEntry> byRepository) throws LookupUnavailable {
        Map<String, AccessEntry> reported = new HashMap<>();
        audit.ofAccount(new Login(person.login()), AccessScope.GRANTED_AND_PUBLIC, Cursor.START)
                .orElseThrow()
                .forEach(entry -> {
                    // Other worlds in the same database have public repositories too.
                    if (world.people().stream()
                            .anyMatch(owner -> owner.login()
                                    .equals(entry.repository().owner().text()))) {
                        assertThat(reported.put(entry.repository().toString(), entry))
                                .isNull();
                    }
                });
        for (var repo : world.repositories()) {
            String name = nameOf(repo);
            AccessEntry one = byRepository.get(person.login() + " " + name);
            AccessEntry other = reported.get(name);
            if (one == null) {
                assertThat(other != null)
                        .as("%s on %s in %s", person, name, world)
                        .isEqualTo(repo.visibility() == Repository.Visibility.PUBLIC);
            } else {
                assertThat(other)
                        .as("%s on %s in %s", person, name, world)
                        .usingRecursiveComparison()
                        .ignoringFields("cursor")
                        .isEqualTo(one);
            }
        }
    }

    private List<AccessEntry> ofRepository(String name) throws LookupUnavailable {
        List<AccessEntry> all = new ArrayList<>();
        audit.ofRepository(RepositoryName.parse(name).orElseThrow(), Cursor.START)
                .orElseThrow()
                .forEach(all::add);
        return all;
    }

    /** Returns a valid key for each user, and the deploy keys as valid keys. */
    List<RegisteredKey> activeKeys() {
        List<RegisteredKey> keys = new ArrayList<>();
        for (var person : world.people()) {
            if (!person.organization()) {
                keys.add(activeKey(
                        person.id(),
                        new Principal.OfAccount(new Account(
                                person.id(),
                                new Login(person.login()),
                                Account.Kind.USER,
                                person.suspended() ? Account.Status.SUSPENDED : Account.Status.ACTIVE,
                                person.suspended() ? World.OPERATOR_MESSAGE : ""))));
            }
        }
        for (RegisteredKey key : world.keys()) {
            if (key.principal() instanceof Principal.OfDeployKey) {
                keys.add(activeKey(key.id(), key.principal()));
            }
        }
        return keys;
    }

    static RegisteredKey activeKey(long id, Principal principal) {
        return new RegisteredKey(
                id,
                fingerprint(id),
                new Md5Suffix(id, (short) 0),
                "",
                new KeyValidity.ValidUntil(Instant.MAX),
                principal);
    }

    static Fingerprint fingerprint(long id) {
        return Fingerprint.ofDigest(ByteBuffer.allocate(32).putLong(id).array());
    }

    String nameOf(World.Repo repo) {
        return world.person(repo.owner()).login() + "/" + repo.name();
    }

    private static String principal(RegisteredKey key) {
        return switch (key.principal()) {
            case Principal.OfAccount(var account) -> account.login().text();
            case Principal.OfDeployKey _ -> key.fingerprint().text();
        };
    }

    public static String text(Decision decision) {
        return switch (decision) {
            case Decision.Allowed allowed ->
                "allowed " + allowed.rule() + " " + allowed.repository().id() + " "
                        + (allowed.isRedirected() ? "moved" : "");
            case Decision.Denied denied -> "denied " + denied.rule() + " " + denied.operatorMessage();
        };
    }
}
