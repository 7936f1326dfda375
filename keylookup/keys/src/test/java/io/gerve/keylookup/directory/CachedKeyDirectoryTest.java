package io.gerve.keylookup.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gerve.config.CacheSettings;
import io.gerve.invalidation.FakeInvalidationBus;
import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import io.gerve.keylookup.store.KeyWorld;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.Freshness;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CachedKeyDirectoryTest {
    private static final Duration KEPT = Duration.ofMinutes(10);
    private static final Instant NOW = Instant.parse("2026-03-29T01:30:00Z");

    private final Fingerprint fingerprint = KeyWorld.key().fingerprint();
    private final RegisteredKey valid = known(new KeyValidity.ValidUntil(Instant.MAX));
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger calls = new AtomicInteger();
    private final FakeInvalidationBus changes = new FakeInvalidationBus();
    private volatile Optional<RegisteredKey> told = Optional.of(valid);
    private volatile boolean failing;
    private final CachedKeyDirectory directory = new CachedKeyDirectory(
            this::tell,
            new CacheSettings(Duration.ofMinutes(1), KEPT, 100, Duration.ofSeconds(20), 8),
            changes,
            nanos::get,
            () -> NOW);

    @Test
    void aKeyIsAskedForOnce() throws Exception {
        directory.find(fingerprint);
        assertThat(directory.find(fingerprint)).isEqualTo(CachedResult.fresh(Optional.of(valid)));
        assertThat(calls).hasValue(1);
    }

    /** The attack: a key is stolen and revoked; the thief logs in where the look-up goes to a replica that has not heard yet. */
    @Test
    void aRevokedKeyNeverComesBackThroughAReplicaThatLagsBehind() throws Exception {
        directory.find(fingerprint);
        changes.publish(new Invalidation(Invalidation.Kind.KEY_REVOKED, fingerprint.text()));
        assertThat(validity()).isEqualTo(new KeyValidity.Revoked(NOW, ""));
        changes.publish(new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        changes.publish(Invalidation.site());
        changes.hearing(false);
        nanos.addAndGet(KEPT.plusHours(23).toNanos());
        assertThat(validity()).isEqualTo(new KeyValidity.Revoked(NOW, ""));
    }

    @Test
    void aRevocationThatTheSourceToldOnceOutlivesWhatAnotherReplicaTellsLater() throws Exception {
        var revoked = new KeyValidity.Revoked(NOW.minusSeconds(5), "stolen");
        told = Optional.of(known(revoked));
        assertThat(validity()).isEqualTo(revoked);
        told = Optional.of(valid);
        changes.publish(new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        assertThat(validity()).isEqualTo(revoked);
        assertThat(calls).hasValue(2);
    }

    @Test
    void aRevokedKeyIsNotRememberedWhileTheDatabaseIsAway() throws Exception {
        directory.find(fingerprint);
        changes.publish(new Invalidation(Invalidation.Kind.KEY_REVOKED, fingerprint.text()));
        failing = true;
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> directory.find(fingerprint));
    }

    @Test
    void aKeyThatWasAddedWorksAtOnce() throws Exception {
        told = Optional.empty();
        assertThat(directory.find(fingerprint).value()).isEmpty();
        told = Optional.of(valid);
        assertThat(directory.find(fingerprint).value())
                .as("remembered as absent")
                .isEmpty();
        changes.publish(new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        assertThat(directory.find(fingerprint).value()).contains(valid);
    }

    @Test
    void aChangeOfTheAccountMakesItsKeysBeAskedForAgain() throws Exception {
        directory.find(fingerprint);
        changes.publish(new Invalidation(Invalidation.Kind.ACCOUNT, "8"));
        directory.find(fingerprint);
        assertThat(calls).hasValue(1);
        changes.publish(new Invalidation(Invalidation.Kind.ACCOUNT, "7"));
        failing = true;
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> directory.find(fingerprint));
    }

    @Test
    void afterAGapKeysAreAskedForAgainAndServeWhileTheyCannotBe() throws Exception {
        directory.find(fingerprint);
        changes.publish(Invalidation.site());
        failing = true;
        assertThat(directory.find(fingerprint)).isEqualTo(new CachedResult<>(Optional.of(valid), Freshness.STALE));
    }

    @Test
    void aChangeOfAnUnreadableKeyPutsAllInDoubt() throws Exception {
        directory.find(fingerprint);
        changes.publish(new Invalidation(Invalidation.Kind.KEY_REVOKED, "MD5:00"));
        directory.find(fingerprint);
        assertThat(calls).hasValue(2);
    }

    private KeyValidity validity() throws LookupUnavailable {
        return directory.find(fingerprint).value().orElseThrow().validity();
    }

    private CachedResult<Optional<RegisteredKey>> tell(Fingerprint asked) throws LookupUnavailable {
        calls.incrementAndGet();
        if (failing) {
            throw new LookupUnavailable("away");
        }
        return CachedResult.fresh(told);
    }

    private RegisteredKey known(KeyValidity validity) {
        var account = new Account(7, new Login("tom"), Account.Kind.USER, Account.Status.ACTIVE, "");
        return new RegisteredKey(
                1, fingerprint, new Md5Suffix(1, (short) 2), "laptop", validity, new Principal.OfAccount(account));
    }
}
