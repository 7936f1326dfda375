package io.gerve.access;

import java.util.Optional;

/** What somebody was granted on one repository, by whatever way. */
public sealed interface Rights {
    /** @return the first rule, in the order of {@link Rule}, that gives at least this role; empty if none does */
    Optional<Rule> ruleGiving(Role needed, Repository repository);

    /** The repository is the account's own. */
    record Owner() implements Rights {
        @Override
        public Optional<Rule> ruleGiving(Role needed, Repository repository) {
            return Optional.of(Rule.OWNER);
        }
    }

    /**
     * Somebody else's repository. A team counts only while its organization counts the account as a member, so that who leaves an
     * organization has left its teams.
     *
     * @param team the highest role of the account's teams in the owning organization and the teams that these are part of
     */
    record Granted(Role collaborator, Membership membership, Role team) implements Rights {
        @Override
        public Optional<Rule> ruleGiving(Role needed, Repository repository) {
            if (collaborator.includes(needed)) {
                return Optional.of(Rule.COLLABORATOR);
            }
            return throughOrganization(needed, repository).or(() -> throughVisibility(needed, repository));
        }

        private Optional<Rule> throughOrganization(Role needed, Repository repository) {
            return switch (membership) {
                case NONE -> Optional.empty();
                case OWNER -> Optional.of(Rule.ORGANIZATION_OWNER);
                case MEMBER -> throughMembership(needed, repository);
            };
        }

        private Optional<Rule> throughMembership(Role needed, Repository repository) {
            if (team.includes(needed)) {
                return Optional.of(Rule.TEAM);
            }
            return repository.basePermission().includes(needed) ? Optional.of(Rule.BASE_PERMISSION) : Optional.empty();
        }

        private static Optional<Rule> throughVisibility(Role needed, Repository repository) {
            return switch (repository.visibility()) {
                case PUBLIC -> Role.READ.includes(needed) ? Optional.of(Rule.PUBLIC) : Optional.empty();
                case PRIVATE -> Optional.empty();
            };
        }
    }

    /** @param role {@link Role#WRITE}, {@link Role#READ} if the key is read-only there, {@link Role#NONE} if it is not one of its repositories,
     *      which it then may not read even if it is public */
    record DeployKey(Role role) implements Rights {
        @Override
        public Optional<Rule> ruleGiving(Role needed, Repository repository) {
            return role.includes(needed) ? Optional.of(Rule.DEPLOY_KEY) : Optional.empty();
        }
    }

    /** What the account is to the organization that owns the repository. */
    enum Membership {
        NONE,
        MEMBER,
        OWNER
    }
}
