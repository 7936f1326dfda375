package io.gerve.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.audit.AuditedWorld;
import io.gerve.git.GitCommand;
import io.gerve.git.GitService;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.Lifespan;
import net.jqwik.api.lifecycle.Store;
import net.jqwik.api.statistics.Statistics;

/**
 * Comparison of the gate on a real database with {@link PlainModel}: for hundreds of random sites, which differ in each
 * run, both give the same decision for every key, name and service.
 */
class AccessModelIT {
    /** The gate never returns {@code KEY_UNKNOWN}: the caller refuses an unregistered key before it calls the gate. */
    private static final Set<Rule> EVERY_RULE_OF_THE_GATE = EnumSet.complementOf(EnumSet.of(Rule.KEY_UNKNOWN));

    private final Store<SharedDatabase> store = Store.getOrCreate("database", Lifespan.PROPERTY, SharedDatabase::new);

    /** State that all tries share. */
    private record SharedDatabase(Database database, AtomicLong worlds) implements Store.CloseOnReset {
        SharedDatabase() {
            this(new Database(RunningMariaDb.shared().newMigratedDatabase()), new AtomicLong());
        }

        @Override
        public void close() {
            database.close();
        }
    }

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void gateDecidesLikeThePlainModel(@ForAll long seed) throws LookupUnavailable {
        var random = new Random(seed);
        World world = World.random(random, store.get().worlds().incrementAndGet());
        new MysqlWorld(world).insert(store.get().database().sql());
        var model = new PlainModel(world);
        for (RegisteredKey key : world.keys()) {
            for (String name : world.names()) {
                String spelling = random.nextBoolean() ? name : name.toUpperCase(Locale.ROOT);
                compare(model, key, spelling);
            }
        }
        Statistics.coverage(coverage ->
                EVERY_RULE_OF_THE_GATE.forEach(rule -> coverage.check(rule).count(count -> count > 100)));
    }

    private void compare(PlainModel model, RegisteredKey key, String name) throws LookupUnavailable {
        var repository = RepositoryName.parse(name).orElseThrow();
        CachedResult<AccessFacts> facts =
                new MysqlGrants(store.get().database()::sql).find(PrincipalId.of(key), repository);
        var gate = new AccessGate((_, _) -> facts, InstantSource.fixed(World.NOW));
        for (GitService service : GitService.values()) {
            Decision decision = gate.decide(
                    CachedResult.fresh(key),
                    new GitCommand(service, RepositoryName.parse(name).orElseThrow()));
            Statistics.collect(decision.rule());
            assertThat(AuditedWorld.text(decision))
                    .as("%s by %s on %s in %s", service, key, name, model.world())
                    .isEqualTo(model.decision(key, name, service));
        }
    }
}
