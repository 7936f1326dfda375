package io.gerve.audit;

import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.access.AccessGate;
import io.gerve.access.DecidingRule;
import io.gerve.access.MysqlGrants;
import io.gerve.access.MysqlWorld;
import io.gerve.access.PlainModel;
import io.gerve.access.World;
import io.gerve.audit.access.MysqlSnapshotGrants;
import io.gerve.explain.Explainer;
import io.gerve.explain.Explanation;
import io.gerve.git.GitCommand;
import io.gerve.git.GitService;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.Route;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Comparison of the audits, the explanation and the gate with {@link PlainModel} on random sites: for every account,
 * key and repository all agree, also about any past time after changes by the classes that operators' commands call.
 */
class AuditModelIT {
    /** The number of random sites. Set {@code -Dgerve.worlds=2000} for a longer run. */
    private static final int WORLDS = Integer.getInteger("gerve.worlds", 16);

    private static final int WORLDS_WITH_A_PAST = WORLDS / 4;
    private static final int CHANGES = 25;
    private static final int TIMES_CHECKED = 3;

    @Test
    void auditsAndGateAgreeWithModelNow(TestReporter reporter) throws Exception {
        var random = random(reporter);
        try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase())) {
            for (long number = 1; number <= WORLDS; number++) {
                var world = World.random(random, number);
                insert(database, world);
                var audited = new AuditedWorld(
                        world, new MysqlAccessAudit(database::sql, keysOf(world), InstantSource.fixed(World.NOW)));
                audited.check();
                explain(database, audited, random);
            }
        }
    }

    /** Returns a random generator whose seed is published. Set {@code -Dgerve.seed} to repeat a run. */
    static Random random(TestReporter reporter) {
        long seed = Long.getLong("gerve.seed", new Random().nextLong());
        reporter.publishEntry("gerve.seed", Long.toString(seed));
        return new Random(seed);
    }

    @Test
    void auditsAndGateAgreeWithModelInThePast(TestReporter reporter) throws Exception {
        var random = random(reporter);
        int changesMade = 0;
        int differences = 0;
        try (var database = new Database(RunningMariaDb.shared().newMigratedDatabase())) {
            for (long number = 1; number <= WORLDS_WITH_A_PAST; number++) {
                var world = World.random(random, number);
                insert(database, world);
                var past = new PastWorld(database, world, number, random);
                for (int i = 0; i < CHANGES; i++) {
                    past.change();
                }
                changesMade += past.changesMade();
                for (int i = 0; i < TIMES_CHECKED; i++) {
                    checkPast(database, past, random.nextInt(past.times().size()));
                    differences += checkDifferences(database, past, random);
                }
            }
        }
        assertThat(changesMade).isGreaterThan(WORLDS_WITH_A_PAST * CHANGES / 4);
        assertThat(differences).isGreaterThan(WORLDS_WITH_A_PAST);
    }

    private static int checkDifferences(Database database, PastWorld past, Random random) throws LookupUnavailable {
        int from = random.nextInt(past.times().size());
        int to = from + random.nextInt(past.times().size() - from);
        return new WorldDifferences(database, past, from, to).check();
    }

    private static void checkPast(Database database, PastWorld past, int index) throws LookupUnavailable {
        Instant at = past.times().get(index);
        World then = past.worlds().get(index);
        var model = new PlainModel(then);
        var audited = new AuditedWorld(then, new MysqlAccessAudit(database::sql, at));
        audited.check();
        var gate = new AccessGate(new MysqlSnapshotGrants(database::sql, at), InstantSource.fixed(at));
        Set<String> names = new LinkedHashSet<>(then.names());
        names.addAll(past.worlds().getLast().names());
        for (RegisteredKey key : audited.activeKeys()) {
            for (String name : names) {
                for (GitService service : List.of(GitService.UPLOAD_PACK, GitService.RECEIVE_PACK)) {
                    var command =
                            new GitCommand(service, RepositoryName.parse(name).orElseThrow());
                    assertThat(AuditedWorld.text(gate.decide(CachedResult.fresh(key), command)))
                            .as("%s by %s on %s at %s in %s", service, key, name, at, then)
                            .isEqualTo(model.decision(key, name, service));
                }
            }
        }
    }

    private static void explain(Database database, AuditedWorld audited, Random random) throws LookupUnavailable {
        World world = audited.world();
        List<RegisteredKey> keys = audited.activeKeys();
        RegisteredKey key = keys.get(random.nextInt(keys.size()));
        for (String name : world.names()) {
            for (GitService service : GitService.values()) {
                var explainer = new Explainer(
                        _ -> CachedResult.fresh(Optional.of(key)),
                        new MysqlGrants(database::sql),
                        _ -> Optional.of(ROUTE),
                        InstantSource.fixed(World.NOW),
                        System::nanoTime);
                Explanation explanation = explainer.explain(
                        key.fingerprint(),
                        new GitCommand(service, RepositoryName.parse(name).orElseThrow()));
                String expected = new PlainModel(world).decision(key, name, service);
                assertThat(explanation.result().decision().label()
                                + " "
                                + explanation.result().rule().name())
                        .as("%s by %s on %s in %s", service, key, name, world)
                        .isEqualTo(String.join(
                                " ", List.of(expected.split(" ", -1)).subList(0, 2)));
                assertThat(explanation.tried().stream()
                                .filter(Explanation.Tried::applies)
                                .<DecidingRule>map(Explanation.Tried::rule))
                        .contains(explanation.result().rule());
            }
        }
    }

    private static final Route ROUTE =
            new Route("fs1", List.of(new FileServerHost("fs1a", "127.0.0.1", 22, hostKey())));

    private static PublicKey hostKey() {
        try {
            return PublicKey.ofLine("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN1YdxBpNlzxDqfJyw/QKow1F+wvG9hXGoqiysfJOn5Y");
        } catch (InvalidKey e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyDirectory keysOf(World world) {
        return fingerprint -> CachedResult.fresh(world.keys().stream()
                .filter(key -> AuditedWorld.fingerprint(key.id()).equals(fingerprint))
                .map(key -> AuditedWorld.activeKey(key.id(), key.principal()))
                .findFirst());
    }

    /** Inserts the world, with rows for the deploy keys, which the gate itself does not need. */
    static void insert(Database database, World world) {
        new MysqlWorld(world).insert(database.sql());
        for (RegisteredKey key : world.keys()) {
            if (key.principal() instanceof Principal.OfDeployKey) {
                database.sql()
                        .insertInto(PUBLIC_KEYS)
                        .set(PUBLIC_KEYS.ID, key.id())
                        .set(PUBLIC_KEYS.ALGORITHM, "ssh-ed25519")
                        .set(PUBLIC_KEYS.BITS, 256)
                        .set(PUBLIC_KEYS.KEY_BLOB, new byte[1])
                        .set(
                                PUBLIC_KEYS.FINGERPRINT,
                                AuditedWorld.fingerprint(key.id()).digest())
                        .set(PUBLIC_KEYS.TITLE, "")
                        .set(PUBLIC_KEYS.CREATED_AT, World.NOW)
                        .execute();
            }
        }
    }
}
