package io.gerve.keylookup.store;

import static io.gerve.keylookup.store.KeyWorld.OPERATOR;
import static io.gerve.keylookup.store.KeyWorld.deploy;
import static io.gerve.keylookup.store.KeyWorld.key;
import static io.gerve.keylookup.store.KeyWorld.keyOf;
import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.MysqlKeyDirectory;
import io.gerve.keylookup.directory.MysqlLastUsedStore;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.key.Blob;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MysqlKeyStoreIT {
    private final KeyWorld world = new KeyWorld();
    private final MysqlKeyStore keyStore = world.keyStore();
    private final long tom = world.account("Tom");
    private final PublicKey key = key();
    private final Fingerprint fingerprint = key.fingerprint();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void addedKeyIsFoundWithAccount() throws Exception {
        assertThat(world.directory().find(fingerprint)).isEqualTo(CachedResult.fresh(Optional.empty()));
        AddKeyResult.Added added = added(keyOf(tom, key));
        RegisteredKey known = world.directory().find(fingerprint).value().orElseThrow();
        assertThat(known).isEqualTo(added.key().registered());
        assertThat(known.title()).isEqualTo("laptop");
        assertThat(known.validity()).isEqualTo(new KeyValidity.ValidUntil(Instant.MAX));
        assertThat(known.principal()).isEqualTo(new Principal.OfAccount(account(Account.Status.ACTIVE, "")));
        assertThat(added.key().key()).isEqualTo(key);
        assertThat(added.key().lastUsedAt()).isEqualTo(Instant.MIN);
        assertThat(world.invalidations().published())
                .containsExactly(new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        assertThat(world.history()).containsExactly("root cli key_added " + tom + " null null " + fingerprint);
    }

    @Test
    void renameIsPublishedAndRecordedWithBothTitles() throws Exception {
        added(keyOf(tom, key));
        Optional<RegisteredKeyDetails> before = world.keyStore().rename(fingerprint, "desk", OPERATOR);
        assertThat(before.orElseThrow().registered().title()).isEqualTo("laptop");
        assertThat(world.directory().find(fingerprint).value().orElseThrow().title())
                .isEqualTo("desk");
        assertThat(world.invalidations().published())
                .endsWith(new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        assertThat(world.history()).last().isEqualTo("root cli key_renamed " + tom + " null laptop desk");
        assertThatThrownBy(() -> world.keyStore().rename(fingerprint, "a\u0007b", OPERATOR))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(world.keyStore().rename(key().fingerprint(), "desk", OPERATOR))
                .isEmpty();
    }

    @Test
    void suspendedAccountAndExpiryAreReturned() throws Exception {
        Instant expiry = Instant.parse("2026-03-29T02:30:00.000001Z");
        added(new NewKey(key, "laptop", expiry, new NewKey.ForAccount(tom)));
        world.database()
                .sql()
                .update(ACCOUNTS)
                .set(ACCOUNTS.SUSPENDED_AT, world.now())
                .set(ACCOUNTS.SUSPENDED_REASON, "unpaid")
                .execute();
        RegisteredKey known = world.directory().find(fingerprint).value().orElseThrow();
        assertThat(known.validity()).isEqualTo(new KeyValidity.ValidUntil(expiry));
        assertThat(known.principal()).isEqualTo(new Principal.OfAccount(account(Account.Status.SUSPENDED, "unpaid")));
    }

    @Test
    void deployKeyHasItsGrantsAndFirstRepository() throws Exception {
        long site = world.repository(tom, "Site");
        long docs = world.repository(tom, "docs");
        AddKeyResult.Added added =
                added(deploy(key, Map.of(site, DeployKeyAccess.READ_ONLY, docs, DeployKeyAccess.READ_WRITE)));
        assertThat(added.key().grants())
                .containsExactly(
                        new RegisteredKeyDetails.Grant(site, "Tom/Site", DeployKeyAccess.READ_ONLY),
                        new RegisteredKeyDetails.Grant(docs, "Tom/docs", DeployKeyAccess.READ_WRITE));
        assertThat(world.directory().find(fingerprint).value().orElseThrow().principal())
                .isEqualTo(new Principal.OfDeployKey("Tom/Site"));
        assertThat(keyStore.ofRepository(docs)).containsExactly(added.key());
        assertThat(world.history())
                .containsExactly(
                        "root cli key_added null " + site + " null " + fingerprint + " read_only",
                        "root cli key_added null " + docs + " null " + fingerprint + " read_write");
        assertThat(world.invalidations().published())
                .contains(new Invalidation(Invalidation.Kind.REPOSITORY, Long.toString(site)));
    }

    @Test
    void registeredKeyIsRefusedWithoutOwnerAndRecorded() throws Exception {
        added(keyOf(tom, key));
        long eve = world.account("eve");
        assertThat(keyStore.add(keyOf(eve, key), OPERATOR)).isEqualTo(new AddKeyResult.InUse(false));
        assertThat(keyStore.add(keyOf(tom, key), OPERATOR)).isEqualTo(new AddKeyResult.InUse(true));
        assertThat(keyStore.add(deploy(key, Map.of(world.repository(eve, "x"), DeployKeyAccess.READ_ONLY)), OPERATOR))
                .isEqualTo(new AddKeyResult.InUse(false));
        assertThat(world.history())
                .hasSize(4)
                .contains("root cli key_refused " + eve + " null null " + key.fingerprint())
                .contains("root cli key_refused null null null " + key.fingerprint());
        assertThat(world.invalidations().published()).hasSize(1);
    }

    @Test
    void concurrentAddsOfOneKeySucceedOnce() throws Exception {
        List<FutureTask<AddKeyResult>> racers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            long account = world.account("racer-" + i);
            racers.add(new FutureTask<>(() -> keyStore.add(keyOf(account, key), OPERATOR)));
        }
        racers.forEach(racer -> Thread.ofVirtual().start(racer));
        int added = 0;
        for (var racer : racers) {
            switch (racer.get()) {
                case AddKeyResult.Added _ -> added++;
                case AddKeyResult.InUse _ -> {}
                case AddKeyResult.TooMany _, AddKeyResult.NoSuchAccount _, AddKeyResult.NoSuchRepository _ ->
                    throw new AssertionError();
            }
        }
        assertThat(added).isEqualTo(1);
    }

    /** The attack: an account with so many keys that their list fills the heap. */
    @Test
    void accountAndRepositoryHaveABoundedNumberOfKeys() throws Exception {
        long site = world.repository(tom, "site");
        for (int i = 0; i < MysqlKeyStore.KEYS_MAX; i++) {
            added(keyOf(tom, key()));
            added(deploy(key(), Map.of(site, DeployKeyAccess.READ_ONLY)));
        }
        var full = new AddKeyResult.TooMany(MysqlKeyStore.KEYS_MAX);
        assertThat(keyStore.add(keyOf(tom, key), OPERATOR)).isEqualTo(full);
        assertThat(keyStore.add(deploy(key, Map.of(site, DeployKeyAccess.READ_ONLY)), OPERATOR))
                .isEqualTo(full);

        keyStore.delete(keyStore.ofAccount(tom).getFirst().registered().fingerprint(), OPERATOR);
        added(keyOf(tom, key));
    }

    @Test
    void keyForMissingOwnerIsRefused() throws Exception {
        long site = world.repository(tom, "site");
        assertThat(keyStore.add(keyOf(tom + 100, key), OPERATOR)).isEqualTo(new AddKeyResult.NoSuchAccount());
        assertThat(keyStore.add(
                        deploy(key, Map.of(site, DeployKeyAccess.READ_ONLY, site + 100, DeployKeyAccess.READ_ONLY)),
                        OPERATOR))
                .isEqualTo(new AddKeyResult.NoSuchRepository(site + 100));
        assertThat(world.history()).isEmpty();
    }

    @Test
    void revokedKeyKeepsFirstReason() throws Exception {
        added(keyOf(tom, key));
        RevokeKeyResult first = keyStore.revoke(fingerprint, "laptop stolen", OPERATOR);
        assertThat(first).isInstanceOfSatisfying(RevokeKeyResult.Revoked.class, revoked -> {
            assertThat(revoked.gatesNotified()).isTrue();
            assertThat(revoked.key().revokedBy()).isEqualTo("root");
        });
        Instant at = world.now();
        world.advance(Duration.ofHours(1));
        assertThat(keyStore.revoke(fingerprint, "again", new Actor("eve", "rest")))
                .isInstanceOf(RevokeKeyResult.AlreadyRevoked.class);
        assertThat(world.directory().find(fingerprint).value().orElseThrow().validity())
                .isEqualTo(new KeyValidity.Revoked(at, "laptop stolen"));
        assertThat(world.invalidations().published())
                .endsWith(
                        new Invalidation(Invalidation.Kind.KEY, fingerprint.text()),
                        new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        assertThat(world.history()).last().isEqualTo("root cli key_revoked " + tom + " null " + fingerprint + " null");
        assertThat(keyStore.revoke(key().fingerprint(), "", OPERATOR)).isEqualTo(new RevokeKeyResult.NoSuchKey());
    }

    @Test
    void unpublishedRevocationIsReported() throws Exception {
        added(keyOf(tom, key));
        world.invalidations().setConnected(false);
        assertThat(keyStore.revoke(fingerprint, "", OPERATOR))
                .isInstanceOfSatisfying(
                        RevokeKeyResult.Revoked.class,
                        revoked -> assertThat(revoked.gatesNotified()).isFalse());
    }

    @Test
    void deletedKeyIsUnknownAndReservedFor90Days() throws Exception {
        added(keyOf(tom, key));
        assertThat(keyStore.delete(fingerprint, OPERATOR)).isInstanceOf(DeleteKeyResult.Deleted.class);
        assertThat(keyStore.delete(fingerprint, OPERATOR)).isEqualTo(new DeleteKeyResult.NoSuchKey());
        assertThat(keyStore.revoke(fingerprint, "", OPERATOR)).isEqualTo(new RevokeKeyResult.NoSuchKey());
        assertThat(world.directory().find(fingerprint).value()).isEmpty();
        assertThat(keyStore.ofAccount(tom)).isEmpty();
        long eve = world.account("eve");
        world.advance(Duration.ofDays(90).minusMillis(1));
        assertThat(keyStore.add(keyOf(eve, key), OPERATOR)).isEqualTo(new AddKeyResult.InUse(false));
        world.advance(Duration.ofMillis(1));
        added(keyOf(eve, key));
        assertThat(keyStore.ofAccount(eve)).hasSize(1);
        assertThat(world.history())
                .hasSize(4)
                .element(1)
                .isEqualTo("root cli key_deleted " + tom + " null " + fingerprint + " null");
    }

    /** Terraform, Pulumi, Ansible and Flux replace a key by deleting and adding it. */
    @Test
    void accountGetsItsDeletedKeyBackAtOnce() throws Exception {
        long id = added(keyOf(tom, key)).key().registered().id();
        keyStore.delete(fingerprint, OPERATOR);

        RegisteredKeyDetails again = added(keyOf(tom, key)).key();

        assertThat(again.registered().id()).isEqualTo(id);
        assertThat(world.directory().find(fingerprint).value()).isPresent();
        assertThat(world.history()).last().isEqualTo("root cli key_added " + tom + " null null " + fingerprint);
        assertThat(keyStore.add(keyOf(tom, key), OPERATOR)).isEqualTo(new AddKeyResult.InUse(true));
    }

    @Test
    void deletedDeployKeyIsReservedForItsRepository() throws Exception {
        long site = world.repository(tom, "site");
        long other = world.repository(tom, "other");
        added(deploy(key, Map.of(site, DeployKeyAccess.READ_ONLY)));
        assertThat(keyStore.add(deploy(key, Map.of(site, DeployKeyAccess.READ_WRITE)), OPERATOR))
                .isEqualTo(new AddKeyResult.InUse(true));
        assertThat(keyStore.add(deploy(key, Map.of(other, DeployKeyAccess.READ_WRITE)), OPERATOR))
                .isEqualTo(new AddKeyResult.InUse(false));
        keyStore.delete(fingerprint, OPERATOR);
        assertThat(keyStore.add(deploy(key, Map.of(other, DeployKeyAccess.READ_ONLY)), OPERATOR))
                .isEqualTo(new AddKeyResult.InUse(false));
        assertThat(keyStore.add(keyOf(tom, key), OPERATOR)).isEqualTo(new AddKeyResult.InUse(false));

        assertThat(added(deploy(key, Map.of(site, DeployKeyAccess.READ_WRITE)))
                        .key()
                        .grants())
                .singleElement()
                .satisfies(grant -> assertThat(grant.access()).isEqualTo(DeployKeyAccess.READ_WRITE));
    }

    /** The attack: a thief waits until the owner deletes a stolen and revoked key, and then registers it. */
    @Test
    void revokedKeyStaysReservedAfterDeletion() throws Exception {
        added(keyOf(tom, key));
        keyStore.revoke(fingerprint, "stolen", OPERATOR);
        keyStore.delete(fingerprint, OPERATOR);
        world.advance(Duration.ofDays(1000));
        assertThat(keyStore.add(keyOf(tom, key), OPERATOR)).isEqualTo(new AddKeyResult.InUse(false));
    }

    @Test
    void deletedDeployKeyLosesGrants() throws Exception {
        long site = world.repository(tom, "site");
        added(deploy(key, Map.of(site, DeployKeyAccess.READ_WRITE)));
        keyStore.delete(fingerprint, OPERATOR);
        assertThat(keyStore.ofRepository(site)).isEmpty();
        assertThat(world.history())
                .last()
                .isEqualTo("root cli key_deleted null " + site + " " + fingerprint + " read_write null");
        world.advance(Duration.ofDays(90));
        added(keyOf(tom, key));
        assertThat(keyStore.find(fingerprint).orElseThrow().grants()).isEmpty();
    }

    @Test
    void keysAreListedInOrderOfRegistration() throws Exception {
        List<PublicKey> keys = List.of(key(), key(), PublicKey.ofBlob(Blob.rsa(2048)));
        for (PublicKey one : keys) {
            added(keyOf(tom, one));
        }
        assertThat(keyStore.ofAccount(tom))
                .extracting(RegisteredKeyDetails::key)
                .isEqualTo(keys);
    }

    @Test
    void olderLastUsedTimeIsIgnored() throws Exception {
        long id = added(keyOf(tom, key)).key().registered().id();
        var store = new MysqlLastUsedStore(world.database());
        store.write(Map.of(id, world.now(), id + 1000, world.now()));
        store.write(Map.of(id, world.now().minusSeconds(1)));
        assertThat(keyStore.find(fingerprint).orElseThrow().lastUsedAt()).isEqualTo(world.now());
    }

    @Test
    void stoppedDatabaseIsUnavailableNotEmpty() {
        try (var stopped = new Database(
                new DatabaseSettings("jdbc:mysql://127.0.0.1:1/gerve", "gerve", "x", 1, Duration.ofMillis(500)))) {
            var unavailable = new MysqlKeyStore(stopped, world.invalidations(), world::now);
            assertThatExceptionOfType(LookupUnavailable.class)
                    .isThrownBy(() -> new MysqlKeyDirectory(stopped, KeyWorld.POLICY).find(fingerprint));
            assertThatExceptionOfType(LookupUnavailable.class)
                    .isThrownBy(() -> unavailable.add(keyOf(tom, key), OPERATOR));
            assertThatExceptionOfType(LookupUnavailable.class)
                    .isThrownBy(() -> new MysqlLastUsedStore(stopped).write(Map.of(1L, world.now())));
        }
    }

    @Test
    void invalidTitleAndReasonAreRefused() {
        for (String title : List.of("", " ", "x".repeat(256), "a\nb", "\u202e")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new NewKey(key, title, Instant.MAX, new NewKey.ForAccount(tom)));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> keyStore.revoke(fingerprint, "x".repeat(256), OPERATOR));
        assertThatIllegalArgumentException().isThrownBy(() -> deploy(key, Map.of()));
    }

    private AddKeyResult.Added added(NewKey newKey) throws LookupUnavailable {
        AddKeyResult result = keyStore.add(newKey, OPERATOR);
        assertThat(result).isInstanceOf(AddKeyResult.Added.class);
        return (AddKeyResult.Added) result;
    }

    private Account account(Account.Status status, String reason) {
        return new Account(tom, new Login("tom"), Account.Kind.USER, status, reason);
    }
}
