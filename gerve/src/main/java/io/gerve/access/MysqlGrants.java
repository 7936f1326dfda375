package io.gerve.access;

import io.gerve.git.RepositoryName;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/** Grants as MySQL or MariaDB has them: one query for the owner, two for everybody else, whether the name exists or not. */
public final class MysqlGrants implements Grants {
    private final Supplier<DSLContext> database;

    /** @param database asked at each look-up, since it may be away when the program starts */
    public MysqlGrants(Supplier<DSLContext> database) {
        this.database = database;
    }

    @Override
    public CachedResult<AccessFacts> find(PrincipalId asker, RepositoryName name) throws LookupUnavailable {
        try {
            return CachedResult.fresh(find(asker, name, database.get()));
        } catch (DataAccessException e) {
            throw new LookupUnavailable("rights to " + name, e);
        } catch (IllegalArgumentException e) {
            throw new LookupUnavailable("rights to " + name + ", of which the database has a row that cannot be", e);
        }
    }

    private static AccessFacts find(PrincipalId asker, RepositoryName name, DSLContext sql) {
        var rights = new MysqlRights(sql);
        return switch (new MysqlRepositoryFinder(sql).find(name)) {
            case MysqlRepositoryFinder.NotFound _ -> {
                rights.withoutRepository(asker);
                yield new AccessFacts.Unknown();
            }
            case MysqlRepositoryFinder.Row(var repository, var owner, var site) ->
                new AccessFacts.Known(repository, owner, site, rights.of(asker, repository));
        };
    }
}
