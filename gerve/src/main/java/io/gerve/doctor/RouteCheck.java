package io.gerve.doctor;

import io.gerve.keylookup.directory.Login;
import io.gerve.lookup.LookupUnavailable;
import java.util.ArrayList;
import java.util.List;

/** Check of the routes: whether each owner of repositories has one, to a file server that has a host. */
final class RouteCheck {
    private static final String NAME = "routes";
    /** Subject of the findings about all routes. */
    private static final String ALL = "all";

    private static final int NAMED_MAX = 3;

    private final MysqlServerList list;
    private final List<ListedServer> servers;

    RouteCheck(MysqlServerList list, List<ListedServer> servers) {
        this.list = list;
        this.servers = servers;
    }

    Check check() {
        return new Check(NAME, ALL, this::run);
    }

    private List<Finding> run() throws LookupUnavailable {
        List<Finding> findings = new ArrayList<>();
        List<String> unrouted = list.ownersWithoutRoute(NAMED_MAX + 1);
        if (!unrouted.isEmpty()) {
            findings.add(error(
                    ALL,
                    "Owners without a route, whose repositories nobody can reach: " + named(unrouted),
                    "gerve route set " + safe(unrouted.getFirst()) + " SERVER. All: gerve audit routes"));
        }
        for (String unknown : list.unknownServers(NAMED_MAX)) {
            findings.add(error(
                    unknown,
                    "Routes name this file server, which does not exist.",
                    "gerve audit routes, then for each owner: gerve route set OWNER SERVER"));
        }
        servers.forEach(server -> addIssues(server, findings));
        if (servers.isEmpty()) {
            findings.add(finding(ALL, Severity.WARNING, "No file server is registered.", "gerve server create --help"));
        }
        return findings.isEmpty() ? List.of(finding(ALL, Severity.OK, "", "")) : findings;
    }

    private static void addIssues(ListedServer server, List<Finding> findings) {
        for (String host : server.invalidHosts()) {
            findings.add(error(
                    server.name() + "/" + host,
                    "The address, the port or the host key of this host is invalid in the database.",
                    "gerve host remove " + server.argument() + " HOST, then add it again: gerve host add --help"));
        }
        if (server.hosts().isEmpty()) {
            findings.add(error(
                    server.name(),
                    "This file server has no usable host, and %d owners are routed to it.".formatted(server.owners()),
                    "gerve host add " + server.argument() + " HOST ADDRESS --scan"));
        } else if (server.hosts().size() == 1) {
            findings.add(finding(server.name(), Severity.OK, "no standby", ""));
        }
    }

    private static String named(List<String> owners) {
        return owners.size() <= NAMED_MAX
                ? String.join(", ", owners)
                : String.join(", ", owners.subList(0, NAMED_MAX)) + " and more";
    }

    /** Returns a name for a command to type only if it is one. */
    private static String safe(String owner) {
        return Login.parse(owner).map(Login::text).orElse("OWNER");
    }

    private static Finding error(String subject, String what, String advice) {
        return finding(subject, Severity.ERROR, what, advice);
    }

    private static Finding finding(String subject, Severity severity, String what, String advice) {
        return new Finding(NAME, subject, severity, what, advice);
    }
}
