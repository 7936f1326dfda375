package io.gerve.admin;

import io.gerve.keylookup.directory.Login;

/** Somebody's place in an organization. */
public record OrganizationMember(Login login, Role role) {
    public enum Role {
        MEMBER,
        /** May do everything with the organization's repositories. */
        OWNER
    }
}
