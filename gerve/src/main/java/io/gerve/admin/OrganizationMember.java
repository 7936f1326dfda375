package io.gerve.admin;

import io.gerve.keylookup.directory.Login;

/** A member of an organization. */
public record OrganizationMember(Login login, Role role) {
    public enum Role {
        MEMBER,
        /** Has every right to the organization's repositories. */
        OWNER
    }
}
