package io.gerve.registry;

import io.gerve.keylookup.key.Login;

/** Somebody's place in an organization. */
public record Membership(Login login, Standing role) {
    public enum Standing {
        MEMBER,
        /** May do everything with the organization's repositories. */
        OWNER
    }
}
