package io.gerve.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.git.GitCommand;
import io.gerve.git.RepositoryName;
import io.gerve.git.Service;
import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.KeyHolder;
import io.gerve.keylookup.key.KnownKey;
import io.gerve.keylookup.repository.AdministeredRepository;
import io.gerve.keylookup.repository.MysqlAdministrators;
import io.gerve.lookup.Answer;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.gerve.sql.testing.RunningMariaDb;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
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

/** The gate on a real database against {@link PlainModel}: over a thousand sites, which are others in each run, every key, name and service gets the same answer. */
class AccessModelIT {
    /** Only who asks with a key that nobody registered meets it, which is decided before the gate. */
    private static final Set<Rule> EVERY_RULE_OF_THE_GATE = EnumSet.complementOf(EnumSet.of(Rule.KEY_UNKNOWN));

    private final Store<Databased> store = Store.getOrCreate("database", Lifespan.PROPERTY, Databased::new);

    /** What all tries share. */
    private record Databased(Database database, AtomicLong worlds) implements Store.CloseOnReset {
        Databased() {
            this(new Database(RunningMariaDb.shared().newMigratedDatabase()), new AtomicLong());
        }

        @Override
        public void close() {
            database.close();
        }
    }

    @Property(tries = 400, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void theGateDecidesAsThePlainModelDoes(@ForAll long seed) throws LookupUnavailable {
        var random = new Random(seed);
        World world = World.random(random, store.get().worlds().incrementAndGet());
        new MysqlWorld(world).insert(store.get().database().sql());
        var model = new PlainModel(world);
        for (KnownKey key : world.keys()) {
            for (String name : world.names()) {
                String spelling = random.nextBoolean() ? name : name.toUpperCase(Locale.ROOT);
                compare(model, key, spelling);
            }
        }
        Statistics.coverage(coverage ->
                EVERY_RULE_OF_THE_GATE.forEach(rule -> coverage.check(rule).count(count -> count > 100)));
    }

    private void compare(PlainModel model, KnownKey key, String name) throws LookupUnavailable {
        var repository = RepositoryName.parse(name).orElseThrow();
        Answer<Findings> findings = new MysqlGrants(store.get().database()::sql).find(Asker.of(key), repository);
        var gate = new AccessGate((_, _) -> findings, InstantSource.fixed(World.NOW));
        for (Service service : Service.values()) {
            Decision decision = gate.decide(
                    Answer.current(key),
                    new GitCommand(service, RepositoryName.parse(name).orElseThrow()));
            Statistics.collect(decision.rule());
            assertThat(AuditedWorld.text(decision))
                    .as("%s by %s on %s in %s", service, key, name, model.world())
                    .isEqualTo(model.decision(key, name, service));
        }
    }

    /** What a gate and the API each say of the same person: the API lives in a module that cannot ask the gate. */
    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void theApiTakesForAdministratorsWhomTheGateTakesForThem(@ForAll long seed) throws LookupUnavailable {
        World world = World.random(new Random(seed), store.get().worlds().incrementAndGet());
        new MysqlWorld(world).insert(store.get().database().sql());
        var api = new MysqlAdministrators(store.get().database());
        for (KnownKey key : world.keys()) {
            if (key.holder() instanceof KeyHolder.OfAccount(Account account)) {
                for (String name : world.names()) {
                    var repository = RepositoryName.parse(name).orElseThrow();
                    String gate = rightByTheGate(account, repository);
                    Statistics.collect(gate.split(" ", -1)[0]);
                    assertThat(rightByTheApi(api, repository, account))
                            .as("%s on %s in %s", account, name, world)
                            .isEqualTo(gate);
                }
            }
        }
        Statistics.coverage(coverage -> List.of("ADMINISTER", "READ", "NONE")
                .forEach(right -> coverage.check(right).count(count -> count > 30)));
    }

    /** {@code ADMINISTER 7}, {@code READ 7}, or {@code NONE} where the API says "Not Found". */
    private static String rightByTheApi(MysqlAdministrators api, RepositoryName name, Account asker)
            throws LookupUnavailable {
        return api.find(name.owner().text(), name.name(), asker)
                .filter(found -> found.right() != AdministeredRepository.Right.NONE)
                .map(found -> found.right() + " " + found.id())
                .orElse("NONE");
    }

    private String rightByTheGate(Account account, RepositoryName name) throws LookupUnavailable {
        var grants = new MysqlGrants(store.get().database()::sql);
        return switch (grants.find(new Asker.OfAccount(account.id()), name).value()) {
            case Findings.Unknown _ -> "NONE";
            case Findings.Known known
            when gives(known, Role.ADMIN) -> "ADMINISTER " + known.repository().id();
            case Findings.Known known
            when gives(known, Role.READ) -> "READ " + known.repository().id();
            case Findings.Known _ -> "NONE";
        };
    }

    private static boolean gives(Findings.Known known, Role role) {
        return known.rights().ruleGiving(role, known.repository()).isPresent();
    }
}
