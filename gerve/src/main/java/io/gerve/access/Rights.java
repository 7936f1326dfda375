package io.gerve.access;

import java.util.Optional;

/** Rights of a principal on one repository, from every path. */
public sealed interface Rights {
    /**
     * Returns the first rule, in the order of {@link Rule}, that gives at least the needed role, or empty if none does.
     */
    default Optional<Rule> grantingRule(Role needed, Repository repository) {
        return grantingRule(needed, repository, DecisionTracer.NONE);
    }

    /** Like {@link #grantingRule(Role, Repository)}, reporting each rule that is tried. */
    Optional<Rule> grantingRule(Role needed, Repository repository, DecisionTracer tracer);

    /** The account owns the repository. */
    record Owner() implements Rights {
        @Override
        public Optional<Rule> grantingRule(Role needed, Repository repository, DecisionTracer tracer) {
            tracer.ruleTried(Rule.OWNER, true, this);
            return Optional.of(Rule.OWNER);
        }
    }

    /**
     * Another account owns the repository. A team role counts only while the account is a member of the organization,
     * so that an account that leaves an organization loses the roles of its teams.
     *
     * @param team highest role of the teams of the account in the owning organization and of their ancestors
     */
    record Granted(Role collaborator, Membership membership, Role team) implements Rights {
        @Override
        public Optional<Rule> grantingRule(Role needed, Repository repository, DecisionTracer tracer) {
            tracer.ruleTried(Rule.OWNER, false, this);
            if (tracer.trace(Rule.COLLABORATOR, collaborator.includes(needed), collaborator)) {
                return Optional.of(Rule.COLLABORATOR);
            }
            return viaOrganization(needed, repository, tracer).or(() -> viaVisibility(needed, repository, tracer));
        }

        private Optional<Rule> viaOrganization(Role needed, Repository repository, DecisionTracer tracer) {
            tracer.ruleTried(Rule.ORGANIZATION_OWNER, membership == Membership.OWNER, membership);
            return switch (membership) {
                case NONE -> Optional.empty();
                case OWNER -> Optional.of(Rule.ORGANIZATION_OWNER);
                case MEMBER -> viaMembership(needed, repository, tracer);
            };
        }

        private Optional<Rule> viaMembership(Role needed, Repository repository, DecisionTracer tracer) {
            if (tracer.trace(Rule.TEAM, team.includes(needed), team)) {
                return Optional.of(Rule.TEAM);
            }
            Role base = repository.basePermission();
            return tracer.trace(Rule.BASE_PERMISSION, base.includes(needed), base)
                    ? Optional.of(Rule.BASE_PERMISSION)
                    : Optional.empty();
        }

        private static Optional<Rule> viaVisibility(Role needed, Repository repository, DecisionTracer tracer) {
            boolean open = switch (repository.visibility()) {
                case PUBLIC -> Role.READ.includes(needed);
                case PRIVATE -> false;
            };
            return tracer.trace(Rule.PUBLIC, open, repository.visibility())
                    ? Optional.of(Rule.PUBLIC)
                    : Optional.empty();
        }
    }

    /**
     * Rights of a deploy key. A deploy key cannot read a repository it is not assigned to, not even a public one.
     *
     * @param role {@link Role#WRITE}; {@link Role#READ} if the key is read-only for the repository; {@link Role#NONE}
     *     if the key is not assigned to the repository
     */
    record DeployKey(Role role) implements Rights {
        @Override
        public Optional<Rule> grantingRule(Role needed, Repository repository, DecisionTracer tracer) {
            return tracer.trace(Rule.DEPLOY_KEY, role.includes(needed), role)
                    ? Optional.of(Rule.DEPLOY_KEY)
                    : Optional.empty();
        }
    }

    /** Membership of the account in the organization that owns the repository. */
    enum Membership {
        NONE,
        MEMBER,
        OWNER
    }
}
