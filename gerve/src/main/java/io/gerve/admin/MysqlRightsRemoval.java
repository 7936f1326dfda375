package io.gerve.admin;

import static io.gerve.sql.schema.Tables.COLLABORATORS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.TEAMS;
import static io.gerve.sql.schema.Tables.TEAM_REPOSITORIES;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.sql.ChangeKind;

/**
 * Removal of the rights to a repository that is deleted or gets another owner. Each right is recorded separately, so
 * that audits of the past can restore it.
 */
final class MysqlRightsRemoval {
    private final ChangeContext context;
    private final long repositoryId;

    MysqlRightsRemoval(ChangeContext context, long repositoryId) {
        this.context = context;
        this.repositoryId = repositoryId;
    }

    /** Removes the rights of the former owner's teams. */
    void ofTeams() {
        var dropped = context.sql()
                .select(TEAM_REPOSITORIES.TEAM_ID, TEAMS.ORGANIZATION_ID, TEAM_REPOSITORIES.ROLE)
                .from(TEAM_REPOSITORIES)
                .join(TEAMS)
                .on(TEAMS.ID.eq(TEAM_REPOSITORIES.TEAM_ID))
                .where(TEAM_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))
                .fetch();
        context.sql()
                .deleteFrom(TEAM_REPOSITORIES)
                .where(TEAM_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))
                .execute();
        dropped.forEach(row -> context.recordChange(ChangeKind.TEAM_REPOSITORY, change -> {
            change.setRepositoryId(repositoryId);
            change.setTeamId(row.value1());
            change.setOrganizationId(row.value2());
            change.setBeforeValue(row.value3());
            change.setAfterValue("");
        }));
    }

    void ofCollaborators() {
        var dropped = context.sql()
                .selectFrom(COLLABORATORS)
                .where(COLLABORATORS.REPOSITORY_ID.eq(repositoryId))
                .fetch();
        context.sql()
                .deleteFrom(COLLABORATORS)
                .where(COLLABORATORS.REPOSITORY_ID.eq(repositoryId))
                .execute();
        dropped.forEach(row -> context.recordChange(ChangeKind.COLLABORATOR, change -> {
            change.setRepositoryId(repositoryId);
            change.setAccountId(row.getAccountId());
            change.setBeforeValue(row.getRole());
            change.setAfterValue("");
        }));
    }

    void ofDeployKeys() {
        var dropped = context.sql()
                .select(DEPLOY_KEY_REPOSITORIES.KEY_ID, DEPLOY_KEY_REPOSITORIES.READ_ONLY, PUBLIC_KEYS.FINGERPRINT)
                .from(DEPLOY_KEY_REPOSITORIES)
                .join(PUBLIC_KEYS)
                .on(PUBLIC_KEYS.ID.eq(DEPLOY_KEY_REPOSITORIES.KEY_ID))
                .where(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))
                .fetch();
        context.sql()
                .deleteFrom(DEPLOY_KEY_REPOSITORIES)
                .where(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))
                .execute();
        dropped.forEach(row -> context.recordChange(ChangeKind.DEPLOY_KEY, change -> {
            change.setRepositoryId(repositoryId);
            change.setKeyId(row.value1());
            change.setBeforeValue(Fingerprint.ofDigest(row.value3()) + (row.value2() ? " read_only" : " read_write"));
            change.setAfterValue("");
        }));
    }
}
