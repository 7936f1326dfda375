package io.gerve.audit.access;

import io.gerve.access.AccessFacts;
import io.gerve.access.Grants;
import io.gerve.access.PrincipalId;
import io.gerve.access.Rights;
import io.gerve.access.Role;
import io.gerve.audit.snapshot.MysqlDeployKeyRights;
import io.gerve.audit.snapshot.MysqlSnapshotFacts;
import io.gerve.audit.snapshot.MysqlSnapshotRepositories;
import io.gerve.audit.snapshot.SnapshotRows.RecordedRepository;
import io.gerve.git.RepositoryName;
import io.gerve.lookup.CachedResult;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;

/** Grants as they were at a past time, so that the gate decides as it would have decided then. */
public final class MysqlSnapshotGrants implements Grants {
    private final Supplier<DSLContext> database;
    private final Instant at;

    public MysqlSnapshotGrants(Supplier<DSLContext> database, Instant at) {
        this.database = database;
        this.at = at;
    }

    @Override
    public CachedResult<AccessFacts> find(PrincipalId principal, RepositoryName name) throws LookupUnavailable {
        try {
            var state = new MysqlSnapshotFacts(database.get(), at);
            Optional<RecordedRepository> found = new MysqlSnapshotRepositories(state).byName(name);
            return CachedResult.fresh(
                    found.isPresent() ? known(state, principal, found.get()) : new AccessFacts.Unknown());
        } catch (DataAccessException e) {
            throw new LookupUnavailable("rights to " + name + " at " + at, e);
        }
    }

    private static AccessFacts known(MysqlSnapshotFacts state, PrincipalId principal, RecordedRepository owned) {
        long id = owned.repository().id();
        return switch (principal) {
            case PrincipalId.OfAccount(long account) ->
                new GrantRelations(state, List.of(id), List.of(account))
                        .of(account, owned)
                        .facts();
            case PrincipalId.OfDeployKey(long key) ->
                new GrantRelations(state, List.of(id), List.of())
                        .known(
                                owned,
                                new Rights.DeployKey(new MysqlDeployKeyRights(state)
                                        .ofKey(key)
                                        .getOrDefault(id, Role.NONE)));
        };
    }
}
