package io.gerve.audit;

import io.gerve.access.Asker;
import io.gerve.access.Findings;
import io.gerve.access.Grants;
import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.audit.Recorded.Owned;
import io.gerve.git.RepositoryName;
import io.gerve.lookup.Answer;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/** Grants as they were at a time, for the gate to decide on as it would have decided then. */
public final class MysqlPastGrants implements Grants {
    private final Supplier<DSLContext> database;
    private final Instant at;

    public MysqlPastGrants(Supplier<DSLContext> database, Instant at) {
        this.database = database;
        this.at = at;
    }

    @Override
    public Answer<Findings> find(Asker asker, RepositoryName name) throws LookupUnavailable {
        try {
            var state = new MysqlState(database.get(), at);
            Optional<Owned> found = new MysqlRepositoryState(state).named(name);
            return Answer.current(found.isPresent() ? known(state, asker, found.get()) : new Findings.Unknown());
        } catch (DataAccessException e) {
            throw new LookupUnavailable("rights to " + name + " at " + at, e);
        }
    }

    private static Findings known(MysqlState state, Asker asker, Owned owned) {
        long id = owned.repository().id();
        return switch (asker) {
            case Asker.OfAccount(long account) ->
                new Relations(state, List.of(id), List.of(account))
                        .of(account, owned)
                        .findings();
            case Asker.OfDeployKey(long key) ->
                new Relations(state, List.of(id), List.of())
                        .known(
                                owned,
                                new Rights.DeployKey(
                                        new MysqlDeployRights(state).ofKey(key).getOrDefault(id, Role.NONE)));
        };
    }
}
