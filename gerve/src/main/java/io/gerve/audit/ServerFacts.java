package io.gerve.audit;

import java.util.List;

/**
 * A file server, for an audit.
 *
 * @param hosts by name, the active one first
 * @param findings what is amiss with it
 */
public record ServerFacts(String name, long owners, List<String> hosts, List<String> findings) {
    public ServerFacts {
        hosts = List.copyOf(hosts);
        findings = List.copyOf(findings);
    }
}
