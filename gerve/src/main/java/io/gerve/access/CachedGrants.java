package io.gerve.access;

import io.gerve.config.LookupSettings;
import io.gerve.git.RepositoryName;
import io.gerve.lookup.Answer;
import io.gerve.lookup.Change;
import io.gerve.lookup.Changes;
import io.gerve.lookup.LookupCache;
import io.gerve.lookup.LookupUnavailable;
import java.util.function.LongSupplier;

/**
 * Grants that are remembered until something says that they changed, and stand in while the database cannot be asked. Safe for use
 * by many threads.
 */
public final class CachedGrants implements Grants {
    private final LookupCache<Question, Findings> cache;

    /** @param nanoTime as {@link System#nanoTime} */
    public CachedGrants(LookupSettings settings, Grants source, Changes changes, LongSupplier nanoTime) {
        this.cache = new LookupCache<>(
                settings, question -> source.find(question.asker, question.name).value(), changes, nanoTime);
        changes.listen(this::hear);
    }

    @Override
    public Answer<Findings> find(Asker asker, RepositoryName name) throws LookupUnavailable {
        return cache.get(new Question(asker, name));
    }

    private void hear(Change change) {
        String id = change.subject();
        switch (change.kind()) {
            case SITE -> cache.doubtAll();
            case ACCOUNT ->
                cache.forgetIf((question, findings) ->
                        question.mayChange(findings) || question.isOf(id) || isOwnedBy(id, findings));
            case REPOSITORY ->
                cache.forgetIf((question, findings) -> question.mayChange(findings) || isOn(id, findings));
            case KEY, KEY_REVOKED -> cache.forgetIf((question, _) -> question.asker instanceof Asker.OfDeployKey);
            case ROUTE, SERVER -> {}
        }
    }

    private static boolean isOwnedBy(String account, Findings findings) {
        return findings instanceof Findings.Known known && is(known.owner().id(), account);
    }

    private static boolean isOn(String repository, Findings findings) {
        return findings instanceof Findings.Known known && is(known.repository().id(), repository);
    }

    /** Compared as text, since a message that nobody here sent may hold no number. */
    private static boolean is(long id, String subject) {
        return subject.equals(Long.toString(id));
    }

    private record Question(Asker asker, RepositoryName name) {
        /**
         * Whether a change to a repository or account that is not the one found may change what is found. So it is if none was
         * found, or one by a name that it no longer has: another may have taken the name. What the asker may not read goes along
         * with what there is not, so that how fast the next answer comes tells nobody which of the two it is.
         */
        boolean mayChange(Findings findings) {
            return !findings.isReadable() || isByFormerName(findings);
        }

        private boolean isByFormerName(Findings findings) {
            return findings instanceof Findings.Known known
                    && !known.repository().name().equals(name);
        }

        boolean isOf(String account) {
            return asker instanceof Asker.OfAccount(var id) && is(id, account);
        }
    }
}
