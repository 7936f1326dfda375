package io.gerve.access;

import java.util.Optional;

/** What somebody was granted on one repository, by whatever way. */
public sealed interface Rights {
    /** @return the first rule, in the order of {@link Rule}, that gives at least this role; empty if none does */
    default Optional<Rule> grantingRule(Role needed, Repository repository) {
        return grantingRule(needed, repository, DecisionTracer.NONE);
    }

    /** Like {@link #grantingRule(Role, Repository)}, telling of each rule that is tried. */
    Optional<Rule> grantingRule(Role needed, Repository repository, DecisionTracer witness);

    /** The repository is the account's own. */
    record Owner() implements Rights {
        @Override
        public Optional<Rule> grantingRule(Role needed, Repository repository, DecisionTracer witness) {
            witness.ruleTried(Rule.OWNER, true, this);
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
        public Optional<Rule> grantingRule(Role needed, Repository repository, DecisionTracer witness) {
            witness.ruleTried(Rule.OWNER, false, this);
            if (witness.trace(Rule.COLLABORATOR, collaborator.includes(needed), collaborator)) {
                return Optional.of(Rule.COLLABORATOR);
            }
            return viaOrganization(needed, repository, witness).or(() -> viaVisibility(needed, repository, witness));
        }

        private Optional<Rule> viaOrganization(Role needed, Repository repository, DecisionTracer witness) {
            witness.ruleTried(Rule.ORGANIZATION_OWNER, membership == Membership.OWNER, membership);
            return switch (membership) {
                case NONE -> Optional.empty();
                case OWNER -> Optional.of(Rule.ORGANIZATION_OWNER);
                case MEMBER -> viaMembership(needed, repository, witness);
            };
        }

        private Optional<Rule> viaMembership(Role needed, Repository repository, DecisionTracer witness) {
            if (witness.trace(Rule.TEAM, team.includes(needed), team)) {
                return Optional.of(Rule.TEAM);
            }
            Role base = repository.basePermission();
            return witness.trace(Rule.BASE_PERMISSION, base.includes(needed), base)
                    ? Optional.of(Rule.BASE_PERMISSION)
                    : Optional.empty();
        }

        private static Optional<Rule> viaVisibility(Role needed, Repository repository, DecisionTracer witness) {
            boolean open = switch (repository.visibility()) {
                case PUBLIC -> Role.READ.includes(needed);
                case PRIVATE -> false;
            };
            return witness.trace(Rule.PUBLIC, open, repository.visibility())
                    ? Optional.of(Rule.PUBLIC)
                    : Optional.empty();
        }
    }

    /** @param role {@link Role#WRITE}, {@link Role#READ} if the key is read-only there, {@link Role#NONE} if it is not one of its repositories,
     *      which it then may not read even if it is public */
    record DeployKey(Role role) implements Rights {
        @Override
        public Optional<Rule> grantingRule(Role needed, Repository repository, DecisionTracer witness) {
            return witness.trace(Rule.DEPLOY_KEY, role.includes(needed), role)
                    ? Optional.of(Rule.DEPLOY_KEY)
                    : Optional.empty();
        }
    }

    /** What the account is to the organization that owns the repository. */
    enum Membership {
        NONE,
        MEMBER,
        OWNER
    }
}
