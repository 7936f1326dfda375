package io.gerve.access;

import io.gerve.config.CacheSettings;
import io.gerve.git.RepositoryName;
import io.gerve.invalidation.Invalidation;
import io.gerve.invalidation.InvalidationBus;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupCache;
import io.gerve.lookup.LookupUnavailable;
import java.util.function.LongSupplier;

/**
 * Grants that are remembered until something says that they changed, and stand in while the database cannot be asked. Safe for use
 * by many threads.
 */
public final class CachedGrants implements Grants {
    private final LookupCache<Key, AccessFacts> cache;

    /** @param nanoTime as {@link System#nanoTime} */
    public CachedGrants(CacheSettings settings, Grants source, InvalidationBus changes, LongSupplier nanoTime) {
        this.cache = new LookupCache<>(
                settings,
                question -> source.find(question.principal, question.name).value(),
                changes,
                nanoTime);
        changes.listen(this::invalidate);
    }

    @Override
    public CachedResult<AccessFacts> find(PrincipalId asker, RepositoryName name) throws LookupUnavailable {
        return cache.get(new Key(asker, name));
    }

    private void invalidate(Invalidation change) {
        String id = change.subject();
        switch (change.kind()) {
            case SITE -> cache.invalidateAll();
            case ACCOUNT ->
                cache.invalidateIf((question, findings) ->
                        question.mayChange(findings) || question.isOf(id) || isOwnedBy(id, findings));
            case REPOSITORY ->
                cache.invalidateIf((question, findings) -> question.mayChange(findings) || concerns(id, findings));
            case KEY, KEY_REVOKED ->
                cache.invalidateIf((question, _) -> question.principal instanceof PrincipalId.OfDeployKey);
            case ROUTE, SERVER -> {}
        }
    }

    private static boolean isOwnedBy(String account, AccessFacts findings) {
        return findings instanceof AccessFacts.Known known && is(known.owner().id(), account);
    }

    private static boolean concerns(String repository, AccessFacts findings) {
        return findings instanceof AccessFacts.Known known
                && is(known.repository().id(), repository);
    }

    /** Compared as text, since a message that nobody here sent may hold no number. */
    private static boolean is(long id, String subject) {
        return subject.equals(Long.toString(id));
    }

    private record Key(PrincipalId principal, RepositoryName name) {
        /**
         * Whether a change to a repository or account that is not the one found may change what is found. So it is if none was
         * found, or one by a name that it no longer has: another may have taken the name. What the asker may not read goes along
         * with what there is not, so that how fast the next answer comes tells nobody which of the two it is.
         */
        boolean mayChange(AccessFacts findings) {
            return !findings.isReadable() || isByFormerName(findings);
        }

        private boolean isByFormerName(AccessFacts findings) {
            return findings instanceof AccessFacts.Known known
                    && !known.repository().name().equals(name);
        }

        boolean isOf(String account) {
            return principal instanceof PrincipalId.OfAccount(var id) && is(id, account);
        }
    }
}
