package io.gerve.audit;

import java.util.List;

/**
 * A file server as an audit reports it.
 *
 * @param owners the number of owners routed to the server
 * @param hosts the names of the hosts, the active one first
 * @param issues what an operator should correct
 */
public record ServerAuditEntry(String name, long owners, List<String> hosts, List<String> issues) {
    public ServerAuditEntry {
        hosts = List.copyOf(hosts);
        issues = List.copyOf(issues);
    }
}
