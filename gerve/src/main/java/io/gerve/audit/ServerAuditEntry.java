package io.gerve.audit;

import java.util.List;

/**
 * A file server, for an audit.
 *
 * @param hosts by name, the active one first
 * @param issues what is amiss with it
 */
public record ServerAuditEntry(String name, long owners, List<String> hosts, List<String> issues) {
    public ServerAuditEntry {
        hosts = List.copyOf(hosts);
        issues = List.copyOf(issues);
    }
}
