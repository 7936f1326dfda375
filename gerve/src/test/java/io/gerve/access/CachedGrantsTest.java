package io.gerve.access;

import static io.gerve.access.Samples.BERT;
import static io.gerve.access.Samples.NO_RIGHTS;
import static io.gerve.access.Samples.collaborator;
import static io.gerve.access.Samples.found;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.config.CacheSettings;
import io.gerve.git.RepositoryName;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.Freshness;
import io.gerve.lookup.LookupUnavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CachedGrantsTest {
    private static final PrincipalId TOM = new PrincipalId.OfAccount(2);
    private static final PrincipalId DEPLOY_KEY = new PrincipalId.OfDeployKey(7);
    private static final RepositoryName FORMER =
            RepositoryName.parse("old/bert").orElseThrow();

    private final Source source = new Source();
    private final Heard changes = new Heard();
    private final CachedGrants grants = new CachedGrants(
            new CacheSettings(Duration.ofMinutes(1), Duration.ofMinutes(10), 1000, Duration.ofSeconds(2), 8),
            source,
            changes,
            () -> 0);

    @Test
    void whatIsKnownIsNotAskedAgainInWhateverSpelling() throws Exception {
        grants.find(TOM, BERT);
        grants.find(TOM, RepositoryName.parse("MOJOMBO/BERT").orElseThrow());

        assertThat(source.asked).containsExactly(TOM);
    }

    @Test
    void everyAskerIsAQuestionOfItsOwn() throws Exception {
        grants.find(TOM, BERT);
        grants.find(new PrincipalId.OfDeployKey(2), BERT);
        grants.find(new PrincipalId.OfAccount(3), BERT);

        assertThat(source.asked).hasSize(3);
    }

    /** tom (2) may read mojombo's (1) repository 10. */
    @ParameterizedTest
    @CsvSource({
        "REPOSITORY, 10, true",
        "ACCOUNT, 2, true",
        "ACCOUNT, 1, true",
        "SITE, *, true",
        "REPOSITORY, 2, false",
        "ACCOUNT, 10, false",
        "ACCOUNT, 7, false",
        "KEY, SHA256:x, false",
        "ROUTE, mojombo, false",
        "SERVER, fs1, false",
        "REPOSITORY, garbage, false"
    })
    void whatChangedIsAskedAgainAndNothingElse(Invalidation.Kind kind, String subject, boolean again) throws Exception {
        assertThat(isAskedAgainAfter(new Invalidation(kind, subject), TOM, BERT))
                .isEqualTo(again);
    }

    /** A key's changes name its fingerprint, which a deploy key's rights are not kept under. */
    @ParameterizedTest
    @CsvSource({"KEY", "KEY_REVOKED"})
    void aDeployKeysRightsAreAskedAgainWhenAKeyChanged(Invalidation.Kind kind) throws Exception {
        assertThat(isAskedAgainAfter(new Invalidation(kind, "SHA256:x"), DEPLOY_KEY, BERT))
                .isTrue();
    }

    /**
     * The attack: asking for a name again and again. Every change on the site may bring what there was not, so that it is asked for
     * again; if what tom may not read were still remembered then, the faster answer would tell him that it is there.
     */
    @ParameterizedTest
    @CsvSource({"REPOSITORY, 99", "ACCOUNT, 99", "SITE, *", "KEY, SHA256:x", "ROUTE, mojombo"})
    void whatIsNotThereAndWhatMayNotBeReadAreRememberedAlike(Invalidation.Kind kind, String subject) throws Exception {
        var change = new Invalidation(kind, subject);
        source.findings = new AccessFacts.Unknown();
        boolean unknown = isAskedAgainAfter(change, TOM, BERT);
        source.findings = found(NO_RIGHTS);

        assertThat(isAskedAgainAfter(change, new PrincipalId.OfAccount(3), BERT))
                .isEqualTo(unknown);
    }

    @Test
    void aFormerNameIsAskedForAgainWhenAnotherRepositoryMayHaveTakenIt() throws Exception {
        assertThat(isAskedAgainAfter(new Invalidation(Invalidation.Kind.REPOSITORY, "99"), TOM, FORMER))
                .isTrue();
    }

    @Test
    void whileTheSourceIsAwayWhatWasFoundIsRemembered() throws Exception {
        grants.find(TOM, BERT);
        changes.hear(Invalidation.site());
        source.away = true;

        assertThat(grants.find(TOM, BERT)).isEqualTo(new CachedResult<>(source.findings, Freshness.STALE));
    }

    private boolean isAskedAgainAfter(Invalidation change, PrincipalId asker, RepositoryName name)
            throws LookupUnavailable {
        grants.find(asker, name);
        int before = source.asked.size();
        changes.hear(change);
        grants.find(asker, name);
        return source.asked.size() > before;
    }

    private static final class Source implements Grants {
        private final List<PrincipalId> asked = new ArrayList<>();
        private AccessFacts findings = found(collaborator(Role.READ));
        private boolean away;

        @Override
        public CachedResult<AccessFacts> find(PrincipalId asker, RepositoryName name) throws LookupUnavailable {
            asked.add(asker);
            if (away) {
                throw new LookupUnavailable("away");
            }
            return CachedResult.fresh(findings);
        }
    }

    private static final class Heard implements InvalidationBus {
        private final List<Consumer<Invalidation>> listeners = new ArrayList<>();

        @Override
        public boolean publish(Invalidation change) {
            return false;
        }

        @Override
        public void listen(Consumer<Invalidation> listener) {
            listeners.add(listener);
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        void hear(Invalidation change) {
            listeners.forEach(listener -> listener.accept(change));
        }
    }
}
