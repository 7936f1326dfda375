package io.gerve.access;

import io.gerve.access.World.Repo;
import io.gerve.access.World.Team;
import io.gerve.git.GitService;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reference implementation of the access rules over lists, written for clarity and not for speed. */
public record PlainModel(World world) {
    /** Returns {@code allowed rule id moved} or {@code denied rule message}. */
    public String decision(RegisteredKey key, String name, GitService service) {
        if (key.validity() instanceof KeyValidity.Revoked) {
            return denied(Rule.KEY_REVOKED, World.OPERATOR_MESSAGE);
        }
        if (key.validity() instanceof KeyValidity.ValidUntil until
                && !until.end().isAfter(World.NOW)) {
            return denied(Rule.KEY_EXPIRED, "");
        }
        if (key.principal() instanceof Principal.OfAccount
                && world.person(key.id()).suspended()) {
            return denied(Rule.ACCOUNT_SUSPENDED, World.OPERATOR_MESSAGE);
        }
        Optional<Repo> present = present(name);
        Optional<Repo> found = present.isPresent() ? present : former(name);
        if (found.isEmpty()) {
            return denied(Rule.REPOSITORY_UNKNOWN, "");
        }
        Repo repo = found.get();
        boolean push = service == GitService.RECEIVE_PACK;
        boolean deploy = key.principal() instanceof Principal.OfDeployKey;
        Rule readRule = deploy ? deployRule(key.id(), repo, false) : accountRule(key.id(), repo, Role.READ);
        if (readRule == Rule.NO_GRANT) {
            return denied(Rule.NO_GRANT, "");
        }
        Rule rule = readRule;
        if (push) {
            rule = deploy ? deployRule(key.id(), repo, true) : accountRule(key.id(), repo, Role.WRITE);
            if (rule == Rule.NO_GRANT) {
                return denied(deploy ? Rule.DEPLOY_KEY_READ_ONLY : Rule.NO_WRITE_GRANT, "");
            }
        }
        var owner = world.person(repo.owner());
        if (owner.organization() && owner.suspended()) {
            return denied(Rule.ORGANIZATION_SUSPENDED, World.OPERATOR_MESSAGE);
        }
        if (repo.state() == Repository.State.DISABLED) {
            return denied(Rule.REPOSITORY_DISABLED, World.OPERATOR_MESSAGE);
        }
        if (push && repo.state() == Repository.State.ARCHIVED) {
            return denied(Rule.REPOSITORY_ARCHIVED, World.OPERATOR_MESSAGE);
        }
        if (push && repo.state() == Repository.State.LOCKED) {
            return denied(Rule.REPOSITORY_LOCKED, World.OPERATOR_MESSAGE);
        }
        if (push && world.readOnly()) {
            return denied(Rule.SITE_READ_ONLY, World.OPERATOR_MESSAGE);
        }
        return "allowed " + rule + " " + repo.id() + " " + (present.isPresent() ? "" : "moved");
    }

    private static String denied(Rule rule, String message) {
        return "denied " + rule + " " + message;
    }

    Optional<Repo> present(String name) {
        return world.repositories().stream()
                .filter(repo -> (world.person(repo.owner()).login() + "/" + repo.name()).equalsIgnoreCase(name))
                .findFirst();
    }

    private Optional<Repo> former(String name) {
        return world.formerNames().stream()
                .filter(former -> (former.owner() + "/" + former.name()).equalsIgnoreCase(name))
                .flatMap(former -> world.repositories().stream().filter(repo -> repo.id() == former.repository()))
                .findFirst();
    }

    private Rule deployRule(long key, Repo repo, boolean push) {
        return world.deployRights().stream()
                        .filter(right -> right.key() == key && right.repository() == repo.id())
                        .anyMatch(right -> !push || !right.readOnly())
                ? Rule.DEPLOY_KEY
                : Rule.NO_GRANT;
    }

    public Rule accountRule(long account, Repo repo, Role needed) {
        if (repo.owner() == account) {
            return Rule.OWNER;
        }
        if (world.collaborators().stream()
                .filter(c -> c.repository() == repo.id() && c.account() == account)
                .anyMatch(c -> suffices(c.role(), needed))) {
            return Rule.COLLABORATOR;
        }
        var owner = world.person(repo.owner());
        for (var member : world.members()) {
            if (member.organization() == owner.id() && member.account() == account) {
                if (member.owner()) {
                    return Rule.ORGANIZATION_OWNER;
                }
                if (isGrantedToTeam(account, repo, needed)) {
                    return Rule.TEAM;
                }
                if (suffices(owner.base(), needed)) {
                    return Rule.BASE_PERMISSION;
                }
            }
        }
        boolean isPublic = repo.visibility() == Repository.Visibility.PUBLIC;
        return isPublic && needed == Role.READ ? Rule.PUBLIC : Rule.NO_GRANT;
    }

    /** Searches downwards from the teams that have the repository, unlike the query, which searches upwards. */
    private boolean isGrantedToTeam(long account, Repo repo, Role needed) {
        for (var given : world.teamRoles()) {
            for (var team : world.teams()) {
                if (given.repository() == repo.id()
                        && given.team() == team.id()
                        && suffices(given.role(), needed)
                        && team.organization() == repo.owner()
                        && holds(team, account, new HashSet<>())) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean holds(Team team, long account, Set<Long> visited) {
        if (!visited.add(team.id())) {
            return false;
        }
        return team.members().contains(account)
                || world.teams().stream()
                        .filter(part -> part.parent() == team.id() && part.organization() == team.organization())
                        .anyMatch(part -> holds(part, account, visited));
    }

    private static boolean suffices(Role role, Role needed) {
        return switch (role) {
            case NONE -> false;
            case READ, TRIAGE -> needed == Role.READ;
            case WRITE, MAINTAIN, ADMIN -> true;
        };
    }
}
