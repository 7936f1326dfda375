package io.gerve.audit.access;

import io.gerve.access.Role;
import java.util.List;
import java.util.Locale;

/** One path by which a principal has a role for a repository. */
public sealed interface GrantPath {
    Role role();

    /** Returns the path in words: {@code team github/core < github/engineers: write}. */
    default String text() {
        String role = role().name().toLowerCase(Locale.ROOT);
        return switch (this) {
            case Owner _ -> "owner";
            case OrganizationOwner _ -> "organization owner";
            case Collaborator _ -> "collaborator: " + role;
            case Team(var _, var _, var chain) -> "team " + String.join(" < ", chain) + ": " + role;
            case BasePermission _ -> "base permission: " + role;
            case Public _ -> "public";
            case DeployKey _ -> "deploy key: " + role;
        };
    }

    record Owner() implements GrantPath {
        @Override
        public Role role() {
            return Role.ADMIN;
        }
    }

    record OrganizationOwner() implements GrantPath {
        @Override
        public Role role() {
            return Role.ADMIN;
        }
    }

    record Collaborator(Role role) implements GrantPath {}

    /**
     * A grant to a team or to one of its ancestors.
     *
     * @param grantedTo the id of the team to which the role was granted
     * @param chain the teams from the account's own to the one with the grant, each as {@code organization/team}
     */
    record Team(Role role, long grantedTo, List<String> chain) implements GrantPath {
        public Team {
            chain = List.copyOf(chain);
        }
    }

    record BasePermission(Role role) implements GrantPath {}

    record Public() implements GrantPath {
        @Override
        public Role role() {
            return Role.READ;
        }
    }

    record DeployKey(Role role) implements GrantPath {}
}
