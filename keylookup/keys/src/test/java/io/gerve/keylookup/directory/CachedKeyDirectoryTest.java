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
    private static final Duration MAX_STALE = Duration.ofMinutes(10);
    private static final Instant NOW = Instant.parse("2026-03-29T01:30:00Z");

    private final Fingerprint fingerprint = KeyWorld.key().fingerprint();
    private final RegisteredKey valid = registeredKey(new KeyValidity.ValidUntil(Instant.MAX));
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger calls = new AtomicInteger();
    private final FakeInvalidationBus invalidations = new FakeInvalidationBus();
    private volatile Optional<RegisteredKey> stored = Optional.of(valid);
    private volatile boolean failing;
    private final CachedKeyDirectory directory = new CachedKeyDirectory(
            this::findInSource,
            new CacheSettings(Duration.ofMinutes(1), MAX_STALE, 100, Duration.ofSeconds(20), 8),
            invalidations,
            nanos::get);

    @Test
    void keyIsLookedUpOnce() throws Exception {
        directory.find(fingerprint);
        assertThat(directory.find(fingerprint)).isEqualTo(CachedResult.fresh(Optional.of(valid)));
        assertThat(calls).hasValue(1);
    }

    /** The attack: to write to Redis, and to lock somebody out by a message that their key is revoked. */
    @Test
    void forgedRevocationOnlyMakesTheGateAskAgain() throws Exception {
        directory.find(fingerprint);
        invalidations.publish(new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        assertThat(directory.find(fingerprint)).isEqualTo(CachedResult.fresh(Optional.of(valid)));
        assertThat(calls).hasValue(2);
    }

    /** The attack: a key is stolen and revoked. The thief logs in at a gate whose read replica lags behind. */
    @Test
    void revokedKeyStaysRevokedIfReplicaLags() throws Exception {
        directory.find(fingerprint);
        var revoked = new KeyValidity.Revoked(NOW, "stolen");
        stored = Optional.of(registeredKey(revoked));
        invalidations.publish(new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        assertThat(validity()).isEqualTo(revoked);
        stored = Optional.of(valid);
        invalidations.publish(new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        invalidations.publish(Invalidation.site());
        invalidations.setConnected(false);
        nanos.addAndGet(MAX_STALE.plusHours(23).toNanos());
        assertThat(validity()).isEqualTo(revoked);
    }

    @Test
    void revocationFromSourceStaysIfOtherReplicaLags() throws Exception {
        var revoked = new KeyValidity.Revoked(NOW.minusSeconds(5), "stolen");
        stored = Optional.of(registeredKey(revoked));
        assertThat(validity()).isEqualTo(revoked);
        stored = Optional.of(valid);
        invalidations.publish(new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        assertThat(validity()).isEqualTo(revoked);
        assertThat(calls).hasValue(2);
    }

    @Test
    void revokedKeyIsNotServedStaleDuringOutage() throws Exception {
        directory.find(fingerprint);
        invalidations.publish(new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        failing = true;
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> directory.find(fingerprint));
    }

    @Test
    void addedKeyIsFoundAfterInvalidation() throws Exception {
        stored = Optional.empty();
        assertThat(directory.find(fingerprint).value()).isEmpty();
        stored = Optional.of(valid);
        assertThat(directory.find(fingerprint).value()).as("cached as absent").isEmpty();
        invalidations.publish(new Invalidation(Invalidation.Kind.KEY, fingerprint.text()));
        assertThat(directory.find(fingerprint).value()).contains(valid);
    }

    @Test
    void accountInvalidationRemovesItsKeys() throws Exception {
        directory.find(fingerprint);
        invalidations.publish(new Invalidation(Invalidation.Kind.ACCOUNT, "8"));
        directory.find(fingerprint);
        assertThat(calls).hasValue(1);
        invalidations.publish(new Invalidation(Invalidation.Kind.ACCOUNT, "7"));
        failing = true;
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> directory.find(fingerprint));
    }

    @Test
    void siteInvalidationMakesKeysStale() throws Exception {
        directory.find(fingerprint);
        invalidations.publish(Invalidation.site());
        failing = true;
        assertThat(directory.find(fingerprint)).isEqualTo(new CachedResult<>(Optional.of(valid), Freshness.STALE));
    }

    @Test
    void invalidationOfUnparsableKeyInvalidatesAll() throws Exception {
        directory.find(fingerprint);
        invalidations.publish(new Invalidation(Invalidation.Kind.KEY, "MD5:00"));
        directory.find(fingerprint);
        assertThat(calls).hasValue(2);
    }

    private KeyValidity validity() throws LookupUnavailable {
        return directory.find(fingerprint).value().orElseThrow().validity();
    }

    private CachedResult<Optional<RegisteredKey>> findInSource(Fingerprint key) throws LookupUnavailable {
        calls.incrementAndGet();
        if (failing) {
            throw new LookupUnavailable("down");
        }
        return CachedResult.fresh(stored);
    }

    private RegisteredKey registeredKey(KeyValidity validity) {
        var account = new Account(7, new Login("tom"), Account.Kind.USER, Account.Status.ACTIVE, "");
        return new RegisteredKey(
                1, fingerprint, new Md5Suffix(1, (short) 2), "laptop", validity, new Principal.OfAccount(account));
    }
}
