package io.gerve.keylookup.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gerve.config.LookupSettings;
import io.gerve.lookup.Answer;
import io.gerve.lookup.Change;
import io.gerve.lookup.FakeChanges;
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
    private final KnownKey valid = known(new Validity.Until(Instant.MAX));
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger calls = new AtomicInteger();
    private final FakeChanges changes = new FakeChanges();
    private volatile Optional<KnownKey> told = Optional.of(valid);
    private volatile boolean failing;
    private final CachedKeyDirectory directory = new CachedKeyDirectory(
            this::tell,
            new LookupSettings(Duration.ofMinutes(1), KEPT, 100, Duration.ofSeconds(20), 8),
            changes,
            nanos::get,
            () -> NOW);

    @Test
    void aKeyIsAskedForOnce() throws Exception {
        directory.find(fingerprint);
        assertThat(directory.find(fingerprint)).isEqualTo(Answer.current(Optional.of(valid)));
        assertThat(calls).hasValue(1);
    }

    /** The attack: a key is stolen and revoked; the thief logs in where the look-up goes to a replica that has not heard yet. */
    @Test
    void aRevokedKeyNeverComesBackThroughAReplicaThatLagsBehind() throws Exception {
        directory.find(fingerprint);
        changes.publish(new Change(Change.Kind.KEY_REVOKED, fingerprint.text()));
        assertThat(validity()).isEqualTo(new Validity.Revoked(NOW, ""));
        changes.publish(new Change(Change.Kind.KEY, fingerprint.text()));
        changes.publish(Change.site());
        changes.hearing(false);
        nanos.addAndGet(KEPT.plusHours(23).toNanos());
        assertThat(validity()).isEqualTo(new Validity.Revoked(NOW, ""));
    }

    @Test
    void aRevocationThatTheSourceToldOnceOutlivesWhatAnotherReplicaTellsLater() throws Exception {
        var revoked = new Validity.Revoked(NOW.minusSeconds(5), "stolen");
        told = Optional.of(known(revoked));
        assertThat(validity()).isEqualTo(revoked);
        told = Optional.of(valid);
        changes.publish(new Change(Change.Kind.KEY, fingerprint.text()));
        assertThat(validity()).isEqualTo(revoked);
        assertThat(calls).hasValue(2);
    }

    @Test
    void aRevokedKeyIsNotRememberedWhileTheDatabaseIsAway() throws Exception {
        directory.find(fingerprint);
        changes.publish(new Change(Change.Kind.KEY_REVOKED, fingerprint.text()));
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
        changes.publish(new Change(Change.Kind.KEY, fingerprint.text()));
        assertThat(directory.find(fingerprint).value()).contains(valid);
    }

    @Test
    void aChangeOfTheAccountMakesItsKeysBeAskedForAgain() throws Exception {
        directory.find(fingerprint);
        changes.publish(new Change(Change.Kind.ACCOUNT, "8"));
        directory.find(fingerprint);
        assertThat(calls).hasValue(1);
        changes.publish(new Change(Change.Kind.ACCOUNT, "7"));
        failing = true;
        assertThatExceptionOfType(LookupUnavailable.class).isThrownBy(() -> directory.find(fingerprint));
    }

    @Test
    void afterAGapKeysAreAskedForAgainAndServeWhileTheyCannotBe() throws Exception {
        directory.find(fingerprint);
        changes.publish(Change.site());
        failing = true;
        assertThat(directory.find(fingerprint)).isEqualTo(new Answer<>(Optional.of(valid), Freshness.REMEMBERED));
    }

    @Test
    void aChangeOfAnUnreadableKeyPutsAllInDoubt() throws Exception {
        directory.find(fingerprint);
        changes.publish(new Change(Change.Kind.KEY_REVOKED, "MD5:00"));
        directory.find(fingerprint);
        assertThat(calls).hasValue(2);
    }

    private Validity validity() throws LookupUnavailable {
        return directory.find(fingerprint).value().orElseThrow().validity();
    }

    private Answer<Optional<KnownKey>> tell(Fingerprint asked) throws LookupUnavailable {
        calls.incrementAndGet();
        if (failing) {
            throw new LookupUnavailable("away");
        }
        return Answer.current(told);
    }

    private KnownKey known(Validity validity) {
        var account = new Account(7, new Login("tom"), Account.Kind.USER, Account.Standing.ACTIVE, "");
        return new KnownKey(
                1, fingerprint, new Md5Tail(1, (short) 2), "laptop", validity, new KeyHolder.OfAccount(account));
    }
}
