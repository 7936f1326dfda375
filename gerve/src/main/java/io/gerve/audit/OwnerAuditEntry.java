package io.gerve.audit;

/**
 * An owner of repositories and its file server.
 *
 * @param server the file server; empty if none was chosen
 */
public record OwnerAuditEntry(String owner, String kind, String server, long repositories) {
    /** Returns whether the owner has repositories but no route, so that no request can reach them. */
    public boolean hasNoRoute() {
        return server.isEmpty() && repositories > 0;
    }
}
