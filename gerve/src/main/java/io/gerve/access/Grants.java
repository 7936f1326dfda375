package io.gerve.access;

import io.gerve.git.RepositoryName;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;

/** What is recorded of repositories and of who may do what with them. Safe for use by many threads. */
public interface Grants {
    /**
     * Finds a repository by its present name or, if none has it, by one that it had before, and what the asker was granted on it.
     * Name and rights are one question, remembered as one: a name that does not exist then costs exactly what one costs that the
     * asker may not read, from the source and from memory.
     *
     * @throws LookupUnavailable if it could not be found out, so that nothing may be concluded
     */
    CachedResult<AccessFacts> find(PrincipalId asker, RepositoryName name) throws LookupUnavailable;
}
