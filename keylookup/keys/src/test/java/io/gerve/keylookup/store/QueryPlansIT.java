package io.gerve.keylookup.store;

import static io.gerve.keylookup.store.KeyWorld.OPERATOR;
import static io.gerve.keylookup.store.KeyWorld.deploy;
import static io.gerve.keylookup.store.KeyWorld.key;
import static io.gerve.keylookup.store.KeyWorld.keyOf;
import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.MysqlLastUsedStore;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.KeyAlgorithm;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.sql.schema.tables.records.PublicKeysRecord;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.InsertSetMoreStep;
import org.jooq.Query;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/** Query plans: every query of this module uses an index, so that its cost does not grow with the site. */
class QueryPlansIT {
    private static final int ROWS = 500;
    private static final int BATCH_SIZE = 100;

    @Test
    void noQueryScansWholeTable() throws Exception {
        try (var world = new KeyWorld()) {
            fill(world);
            Set<String> queries = new ConcurrentSkipListSet<>();
            Configuration configuration = world.database().sql().configuration();
            configuration.set(new Recorder(queries));
            runAllQueries(world);
            configuration.set(new Recorder(new ConcurrentSkipListSet<>()));

            assertThat(queries).hasSizeGreaterThan(12);
            DSLContext sql = world.database().sql();
            sql.execute("analyze table accounts, repositories, public_keys, deploy_key_repositories");
            for (String query : queries) {
                assertThat(sql.fetch("explain format=traditional " + DSL.raw(query))
                                .getValues("type", String.class))
                        .as(query)
                        .isNotEmpty()
                        .allSatisfy(type -> assertThat(type).isNotIn("ALL", "index"));
            }
        }
    }

    /** Inserts an account, a repository, a key and a deploy key for each number. */
    private static void fill(KeyWorld world) throws Exception {
        DSLContext sql = world.database().sql();
        List<Query> inserts = new ArrayList<>();
        for (long id = 1; id <= ROWS; id++) {
            inserts.add(sql.insertInto(ACCOUNTS, ACCOUNTS.ID, ACCOUNTS.LOGIN, ACCOUNTS.KIND, ACCOUNTS.CREATED_AT)
                    .values(id, "account-" + id, "user", world.now()));
            inserts.add(sql.insertInto(REPOSITORIES)
                    .set(REPOSITORIES.ID, id)
                    .set(REPOSITORIES.OWNER_ID, id)
                    .set(REPOSITORIES.NAME, "repository-" + id)
                    .set(REPOSITORIES.VISIBILITY, "private")
                    .set(REPOSITORIES.CREATED_AT, world.now()));
            inserts.add(keyRow(sql, world, id).set(PUBLIC_KEYS.ACCOUNT_ID, id));
            inserts.add(keyRow(sql, world, ROWS + id));
            inserts.add(sql.insertInto(DEPLOY_KEY_REPOSITORIES)
                    .set(DEPLOY_KEY_REPOSITORIES.KEY_ID, ROWS + id)
                    .set(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID, id)
                    .set(DEPLOY_KEY_REPOSITORIES.READ_ONLY, true));
        }
        sql.transaction(configuration -> {
            // The query timeout applies to each batch separately.
            for (int from = 0; from < inserts.size(); from += BATCH_SIZE) {
                configuration
                        .dsl()
                        .batch(inserts.subList(from, Math.min(from + BATCH_SIZE, inserts.size())))
                        .execute();
            }
        });
    }

    private static InsertSetMoreStep<PublicKeysRecord> keyRow(DSLContext sql, KeyWorld world, long id) {
        byte[] blob = BigInteger.valueOf(id).toByteArray();
        return sql.insertInto(PUBLIC_KEYS)
                .set(PUBLIC_KEYS.ID, id)
                .set(PUBLIC_KEYS.ALGORITHM, KeyAlgorithm.ED25519.wireName())
                .set(PUBLIC_KEYS.BITS, 256)
                .set(PUBLIC_KEYS.KEY_BLOB, blob)
                .set(PUBLIC_KEYS.FINGERPRINT, Fingerprint.ofBlob(blob).digest())
                .set(PUBLIC_KEYS.TITLE, "laptop")
                .set(PUBLIC_KEYS.CREATED_AT, world.now());
    }

    private static void runAllQueries(KeyWorld world) throws Exception {
        long tom = world.account("tom");
        long site = world.repository(tom, "site");
        PublicKey userKey = key();
        PublicKey deployKey = key();
        world.keyStore().add(keyOf(tom, userKey), OPERATOR);
        world.keyStore().add(deploy(deployKey, Map.of(site, DeployKeyAccess.READ_ONLY)), OPERATOR);
        AddKeyResult again = world.keyStore().add(keyOf(tom, userKey), OPERATOR);
        assertThat(again).isEqualTo(new AddKeyResult.InUse(true));
        RegisteredKey known =
                world.directory().find(deployKey.fingerprint()).value().orElseThrow();
        new MysqlLastUsedStore(world.database()).write(Map.of(known.id(), world.now()));
        assertThat(world.keyStore().ofAccount(tom)).hasSize(1);
        assertThat(world.keyStore().ofRepository(site)).hasSize(1);
        world.keyStore().revoke(userKey.fingerprint(), "", OPERATOR);
        world.keyStore().delete(deployKey.fingerprint(), OPERATOR);
        world.advance(MysqlKeyStore.RESERVATION);
        world.keyStore().add(keyOf(tom, deployKey), OPERATOR);
    }

    /** Listener that collects every statement except inserts, with inlined values. */
    private static final class Recorder implements ExecuteListener {
        private static final long serialVersionUID = 1;

        private final transient Set<String> queries;

        Recorder(Set<String> queries) {
            this.queries = queries;
        }

        @Override
        public void renderEnd(ExecuteContext context) {
            List<Query> executed = new ArrayList<>(List.of(context.batchQueries()));
            if (context.query() != null) {
                executed.add(context.query());
            }
            for (Query query : executed) {
                String text = context.dsl().renderInlined(query);
                if (!text.toLowerCase(Locale.ROOT).startsWith("insert")) {
                    queries.add(text);
                }
            }
        }
    }
}
