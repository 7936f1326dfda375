package io.gerve.access;

import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;

import io.gerve.access.MysqlGrantedRoles.Source;
import java.util.Locale;
import java.util.stream.Stream;
import org.jooq.DSLContext;

/** Queries for the rights of a principal on a repository: none for its owner, one for every other principal. */
final class MysqlRights {
    /** Id that no row has, because ids start at 1. A query for it does the same work and finds nothing. */
    private static final long NO_ID = 0;

    private final DSLContext database;

    MysqlRights(DSLContext database) {
        this.database = database;
    }

    Rights of(PrincipalId principal, Repository repository) {
        return switch (principal) {
            case PrincipalId.OfAccount(var account) ->
                account == repository.ownerId()
                        ? new Rights.Owner()
                        : granted(account, repository.id(), organizationOwning(repository));
            case PrincipalId.OfDeployKey(var key) -> deployKey(key, repository.id());
        };
    }

    /**
     * Runs the same queries as {@link #of} for a repository that does not exist, so that the response time does not
     * reveal it.
     */
    void withoutRepository(PrincipalId principal) {
        switch (principal) {
            case PrincipalId.OfAccount(var account) -> granted(account, NO_ID, NO_ID);
            case PrincipalId.OfDeployKey(var key) -> deployKey(key, NO_ID);
        }
    }

    private static long organizationOwning(Repository repository) {
        return switch (repository.ownerKind()) {
            case USER -> NO_ID;
            case ORGANIZATION -> repository.ownerId();
        };
    }

    private Rights granted(long account, long repository, long organization) {
        var granted = MysqlGrantedRoles.find(database, account, repository, organization);
        return new Rights.Granted(
                highest(granted.roles(Source.COLLABORATOR)),
                granted.roles(Source.MEMBER)
                        .map(role -> Rights.Membership.valueOf(role.toUpperCase(Locale.ROOT)))
                        .findFirst()
                        .orElse(Rights.Membership.NONE),
                highest(granted.roles(Source.TEAM)));
    }

    private static Role highest(Stream<String> roles) {
        return roles.map(role -> Role.valueOf(role.toUpperCase(Locale.ROOT)))
                .reduce(Role.NONE, (one, other) -> one.includes(other) ? one : other);
    }

    private Rights deployKey(long key, long repository) {
        return database.select(DEPLOY_KEY_REPOSITORIES.READ_ONLY)
                .from(DEPLOY_KEY_REPOSITORIES)
                .where(DEPLOY_KEY_REPOSITORIES.KEY_ID.eq(key))
                .and(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(repository))
                .fetchOptional(DEPLOY_KEY_REPOSITORIES.READ_ONLY)
                .map(readOnly -> new Rights.DeployKey(readOnly ? Role.READ : Role.WRITE))
                .orElse(new Rights.DeployKey(Role.NONE));
    }
}
