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
    private static final RepositoryName FORMER_NAME =
            RepositoryName.parse("old/bert").orElseThrow();

    private final Source source = new Source();
    private final TestBus invalidations = new TestBus();
    private final CachedGrants grants = new CachedGrants(
            new CacheSettings(Duration.ofMinutes(1), Duration.ofMinutes(10), 1000, Duration.ofSeconds(2), 8),
            source,
            invalidations,
            () -> 0);

    @Test
    void cachedNameIsNotLookedUpAgainInAnySpelling() throws Exception {
        grants.find(TOM, BERT);
        grants.find(TOM, RepositoryName.parse("MOJOMBO/BERT").orElseThrow());

        assertThat(source.lookups).containsExactly(TOM);
    }

    @Test
    void eachPrincipalHasItsOwnEntry() throws Exception {
        grants.find(TOM, BERT);
        grants.find(new PrincipalId.OfDeployKey(2), BERT);
        grants.find(new PrincipalId.OfAccount(3), BERT);

        assertThat(source.lookups).hasSize(3);
    }

    /** tom (account 2) may read repository 10 of mojombo (account 1). */
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
    void onlyAffectedEntriesAreLookedUpAgain(Invalidation.Kind kind, String subject, boolean expected)
            throws Exception {
        assertThat(isLookedUpAgainAfter(new Invalidation(kind, subject), TOM, BERT))
                .isEqualTo(expected);
    }

    /** An invalidation of a key carries its fingerprint; entries of deploy keys are stored under the id of the key. */
    @Test
    void deployKeyEntriesAreLookedUpAgainAfterAnyKeyChange() throws Exception {
        assertThat(isLookedUpAgainAfter(new Invalidation(Invalidation.Kind.KEY, "SHA256:x"), DEPLOY_KEY, BERT))
                .isTrue();
    }

    /**
     * The attack: requesting a name again and again. Every change on the site may create a missing repository, so its
     * entry is dropped. If the entry of a repository that tom may not read were kept, the faster response would reveal
     * that the repository exists.
     */
    @ParameterizedTest
    @CsvSource({"REPOSITORY, 99", "ACCOUNT, 99", "SITE, *", "KEY, SHA256:x", "ROUTE, mojombo"})
    void unknownAndUnreadableRepositoriesAreInvalidatedAlike(Invalidation.Kind kind, String subject) throws Exception {
        var invalidation = new Invalidation(kind, subject);
        source.facts = new AccessFacts.Unknown();
        boolean unknown = isLookedUpAgainAfter(invalidation, TOM, BERT);
        source.facts = found(NO_RIGHTS);

        assertThat(isLookedUpAgainAfter(invalidation, new PrincipalId.OfAccount(3), BERT))
                .isEqualTo(unknown);
    }

    @Test
    void formerNameIsLookedUpAgainAfterAnyRepositoryChange() throws Exception {
        assertThat(isLookedUpAgainAfter(new Invalidation(Invalidation.Kind.REPOSITORY, "99"), TOM, FORMER_NAME))
                .isTrue();
    }

    @Test
    void staleEntryServesWhileTheSourceIsUnavailable() throws Exception {
        grants.find(TOM, BERT);
        invalidations.deliver(Invalidation.site());
        source.unavailable = true;

        assertThat(grants.find(TOM, BERT)).isEqualTo(new CachedResult<>(source.facts, Freshness.STALE));
    }

    private boolean isLookedUpAgainAfter(Invalidation invalidation, PrincipalId principal, RepositoryName name)
            throws LookupUnavailable {
        grants.find(principal, name);
        int before = source.lookups.size();
        invalidations.deliver(invalidation);
        grants.find(principal, name);
        return source.lookups.size() > before;
    }

    private static final class Source implements Grants {
        private final List<PrincipalId> lookups = new ArrayList<>();
        private AccessFacts facts = found(collaborator(Role.READ));
        private boolean unavailable;

        @Override
        public CachedResult<AccessFacts> find(PrincipalId principal, RepositoryName name) throws LookupUnavailable {
            lookups.add(principal);
            if (unavailable) {
                throw new LookupUnavailable("unavailable");
            }
            return CachedResult.fresh(facts);
        }
    }

    private static final class TestBus implements InvalidationBus {
        private final List<Consumer<Invalidation>> listeners = new ArrayList<>();

        @Override
        public boolean publish(Invalidation invalidation) {
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

        void deliver(Invalidation invalidation) {
            listeners.forEach(listener -> listener.accept(invalidation));
        }
    }
}
