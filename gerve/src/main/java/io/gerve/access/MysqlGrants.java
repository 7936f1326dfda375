package io.gerve.access;

import io.gerve.git.RepositoryName;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/**
 * Grants in MySQL or MariaDB: one query for the owner, two for every other principal, whether or not the name exists.
 */
public final class MysqlGrants implements Grants {
    private final Supplier<DSLContext> database;

    /** @param database called at each look-up, because the database may be unavailable when the program starts */
    public MysqlGrants(Supplier<DSLContext> database) {
        this.database = database;
    }

    @Override
    public CachedResult<AccessFacts> find(PrincipalId principal, RepositoryName name) throws LookupUnavailable {
        try {
            return CachedResult.fresh(find(principal, name, database.get()));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("rights to " + name, e);
        } catch (IllegalArgumentException e) {
            throw new LookupUnavailable("rights to " + name + ": the database has an invalid row", e);
        }
    }

    private static AccessFacts find(PrincipalId principal, RepositoryName name, DSLContext sql) {
        var rights = new MysqlRights(sql);
        return switch (new MysqlRepositoryFinder(sql).find(name)) {
            case MysqlRepositoryFinder.NotFound _ -> {
                rights.withoutRepository(principal);
                yield new AccessFacts.Unknown();
            }
            case MysqlRepositoryFinder.Row(var repository, var owner, var site) ->
                new AccessFacts.Known(repository, owner, site, rights.of(principal, repository));
        };
    }
}
