package io.gerve.admin;

import static io.gerve.sql.schema.Tables.COLLABORATORS;
import static io.gerve.sql.schema.Tables.DEPLOY_KEY_REPOSITORIES;
import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;
import static io.gerve.sql.schema.Tables.TEAMS;
import static io.gerve.sql.schema.Tables.TEAM_REPOSITORIES;

import io.gerve.keylookup.key.Fingerprint;
import io.gerve.sql.ChangeKind;

/** The rights to a repository that end with it, or with its owner: each is taken away and recorded on its own, so that the past can be told. */
final class MysqlRightsRemoval {
    private final ChangeContext entry;
    private final long repositoryId;

    MysqlRightsRemoval(ChangeContext entry, long repositoryId) {
        this.entry = entry;
        this.repositoryId = repositoryId;
    }

    /** The teams of an owner have no say over what is not its any more. */
    void ofTeams() {
        var dropped = entry.sql()
                .select(TEAM_REPOSITORIES.TEAM_ID, TEAMS.ORGANIZATION_ID, TEAM_REPOSITORIES.ROLE)
                .from(TEAM_REPOSITORIES)
                .join(TEAMS)
                .on(TEAMS.ID.eq(TEAM_REPOSITORIES.TEAM_ID))
                .where(TEAM_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))
                .fetch();
        entry.sql()
                .deleteFrom(TEAM_REPOSITORIES)
                .where(TEAM_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))
                .execute();
        dropped.forEach(row -> entry.recordChange(ChangeKind.TEAM_REPOSITORY, change -> {
            change.setRepositoryId(repositoryId);
            change.setTeamId(row.value1());
            change.setOrganizationId(row.value2());
            change.setBeforeValue(row.value3());
            change.setAfterValue("");
        }));
    }

    void ofCollaborators() {
        var dropped = entry.sql()
                .selectFrom(COLLABORATORS)
                .where(COLLABORATORS.REPOSITORY_ID.eq(repositoryId))
                .fetch();
        entry.sql()
                .deleteFrom(COLLABORATORS)
                .where(COLLABORATORS.REPOSITORY_ID.eq(repositoryId))
                .execute();
        dropped.forEach(row -> entry.recordChange(ChangeKind.COLLABORATOR, change -> {
            change.setRepositoryId(repositoryId);
            change.setAccountId(row.getAccountId());
            change.setBeforeValue(row.getRole());
            change.setAfterValue("");
        }));
    }

    void ofDeployKeys() {
        var dropped = entry.sql()
                .select(DEPLOY_KEY_REPOSITORIES.KEY_ID, DEPLOY_KEY_REPOSITORIES.READ_ONLY, PUBLIC_KEYS.FINGERPRINT)
                .from(DEPLOY_KEY_REPOSITORIES)
                .join(PUBLIC_KEYS)
                .on(PUBLIC_KEYS.ID.eq(DEPLOY_KEY_REPOSITORIES.KEY_ID))
                .where(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))
                .fetch();
        entry.sql()
                .deleteFrom(DEPLOY_KEY_REPOSITORIES)
                .where(DEPLOY_KEY_REPOSITORIES.REPOSITORY_ID.eq(repositoryId))
                .execute();
        dropped.forEach(row -> entry.recordChange(ChangeKind.DEPLOY_KEY, change -> {
            change.setRepositoryId(repositoryId);
            change.setKeyId(row.value1());
            change.setBeforeValue(Fingerprint.ofDigest(row.value3()) + (row.value2() ? " read_only" : " read_write"));
            change.setAfterValue("");
        }));
    }
}
