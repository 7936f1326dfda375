package io.gerve.audit;

/**
 * An owner of repositories and where they are.
 *
 * @param server empty if none was chosen
 */
public record OwnerAuditEntry(String owner, String kind, String server, long repositories) {
    /** Whether there are repositories that no request would reach. */
    public boolean hasNoRoute() {
        return server.isEmpty() && repositories > 0;
    }
}
