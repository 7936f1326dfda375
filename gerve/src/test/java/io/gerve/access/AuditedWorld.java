package io.gerve.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.audit.MysqlAudit;
import io.gerve.audit.Place;
import io.gerve.audit.Reach;
import io.gerve.audit.Way;
import io.gerve.git.RepositoryName;
import io.gerve.git.Service;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.key.Login;
import io.gerve.keylookup.key.Md5Tail;
import io.gerve.keylookup.key.Validity;
import io.gerve.lookup.LookupUnavailable;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the audits say of a world, held against each other and against {@link PlainModel}. */
record AuditedWorld(World world, MysqlAudit audit) {
    void check() throws LookupUnavailable {
        Map<String, Reach> byRepository = new HashMap<>();
        for (var repo : world.repositories()) {
            String name = nameOf(repo);
            for (Reach reach : ofRepository(name)) {
                assertThat(byRepository.put(reach.who() + " " + name, reach)).isNull();
            }
            for (KnownKey key : soundKeys()) {
                checkOne(key, name, repo, Optional.ofNullable(byRepository.get(whoIs(key) + " " + name)));
            }
            boolean isPublic = repo.visibility() == Repository.Visibility.PUBLIC;
            assertThat(byRepository.containsKey("everybody " + name)).isEqualTo(isPublic);
        }
        for (var person : world.people()) {
            // Nobody logs in as an organization.
            if (!person.organization()) {
                checkAccount(person, byRepository);
            }
        }
    }

    private void checkOne(KnownKey key, String name, World.Repo repo, Optional<Reach> told) throws LookupUnavailable {
        var model = new PlainModel(world);
        boolean deploy = key.holder() instanceof KeyHolder.Deploy;
        Rule read = deploy
                ? world.deployRights().stream()
                                .anyMatch(right -> right.key() == key.id() && right.repository() == repo.id())
                        ? Rule.DEPLOY_KEY
                        : Rule.NO_GRANT
                : model.accountRule(key.id(), repo, Role.READ);
        boolean particular = read != Rule.NO_GRANT && read != Rule.PUBLIC;
        boolean counts =
                told.stream().flatMap(reach -> reach.ways().stream()).anyMatch(way -> !(way instanceof Way.Public));
        assertThat(counts).as("%s on %s in %s", key, name, world).isEqualTo(particular);
        if (told.isPresent()) {
            assertThat(text(told.get().pull()))
                    .as("pull by %s on %s in %s", key, name, world)
                    .isEqualTo(model.decision(key, name, Service.UPLOAD_PACK));
            assertThat(text(told.get().push()))
                    .as("push by %s on %s in %s", key, name, world)
                    .isEqualTo(model.decision(key, name, Service.RECEIVE_PACK));
        }
    }

    private void checkAccount(World.Person person, Map<String, Reach> byRepository) throws LookupUnavailable {
        Map<String, Reach> told = new HashMap<>();
        assertThat(audit.ofAccount(
                        new Login(person.login()), MysqlAudit.Scope.GRANTED_AND_PUBLIC, Place.START, reach -> {
                            // A world's neighbours have public repositories too.
                            if (world.people().stream()
                                    .anyMatch(owner -> owner.login()
                                            .equals(reach.repository().owner().text()))) {
                                assertThat(told.put(reach.repository().toString(), reach))
                                        .isNull();
                            }
                            return true;
                        }))
                .isTrue();
        for (var repo : world.repositories()) {
            String name = nameOf(repo);
            Reach one = byRepository.get(person.login() + " " + name);
            Reach other = told.get(name);
            if (one == null) {
                assertThat(other != null)
                        .as("%s on %s in %s", person, name, world)
                        .isEqualTo(repo.visibility() == Repository.Visibility.PUBLIC);
            } else {
                assertThat(other)
                        .as("%s on %s in %s", person, name, world)
                        .usingRecursiveComparison()
                        .ignoringFields("place")
                        .isEqualTo(one);
            }
        }
    }

    private List<Reach> ofRepository(String name) throws LookupUnavailable {
        List<Reach> all = new ArrayList<>();
        assertThat(audit.ofRepository(RepositoryName.parse(name).orElseThrow(), Place.START, all::add))
                .as(name)
                .isTrue();
        return all;
    }

    /** One for each user, and the deploy keys, all without a fault of their own. */
    List<KnownKey> soundKeys() {
        List<KnownKey> keys = new ArrayList<>();
        for (var person : world.people()) {
            if (!person.organization()) {
                keys.add(soundKey(
                        person.id(),
                        new KeyHolder.OfAccount(new Account(
                                person.id(),
                                new Login(person.login()),
                                Account.Kind.USER,
                                person.suspended() ? Account.Standing.SUSPENDED : Account.Standing.ACTIVE,
                                person.suspended() ? World.WORDS : ""))));
            }
        }
        for (KnownKey key : world.keys()) {
            if (key.holder() instanceof KeyHolder.Deploy) {
                keys.add(soundKey(key.id(), key.holder()));
            }
        }
        return keys;
    }

    static KnownKey soundKey(long id, KeyHolder holder) {
        return new KnownKey(
                id, fingerprint(id), new Md5Tail(id, (short) 0), "", new Validity.Until(Instant.MAX), holder);
    }

    static Fingerprint fingerprint(long id) {
        return Fingerprint.ofDigest(ByteBuffer.allocate(32).putLong(id).array());
    }

    String nameOf(World.Repo repo) {
        return world.person(repo.owner()).login() + "/" + repo.name();
    }

    private static String whoIs(KnownKey key) {
        return switch (key.holder()) {
            case KeyHolder.OfAccount(var account) -> account.login().text();
            case KeyHolder.Deploy _ -> key.fingerprint().text();
        };
    }

    static String text(Decision decision) {
        return switch (decision) {
            case Decision.Allowed allowed ->
                "allowed " + allowed.rule() + " " + allowed.repository().id() + " " + (allowed.moved() ? "moved" : "");
            case Decision.Denied denied -> "denied " + denied.rule() + " " + denied.operatorsWords();
        };
    }
}
