package io.gerve.access;

import io.gerve.git.RepositoryName;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;

/** Source of repositories and of the rights of principals on them. Safe for use by many threads. */
public interface Grants {
    /**
     * Finds a repository by its present name or, if no repository has it, by a former name, together with the rights of
     * the principal on it. Name and rights are one look-up and one cache entry: a name that does not exist then costs
     * as much as a repository that the principal may not read, with and without the cache.
     *
     * @throws LookupUnavailable if the look-up failed, so that neither the repository nor the rights are known
     */
    CachedResult<AccessFacts> find(PrincipalId principal, RepositoryName name) throws LookupUnavailable;
}
