package io.gerve.doctor;

import io.gerve.config.FileServerSettings;
import io.gerve.fileserver.FileServers;
import io.gerve.lookup.LookupUnavailable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Checks of the file servers, which need the database: the routes, the hosts, and the repositories on disk. */
public final class ServerChecks {
    private final MysqlServerList list;
    private final List<ListedServer> servers;
    private final HostCheck hostCheck;
    private final RepositoryCheck repositoryCheck;

    /**
     * Reads the list of file servers.
     *
     * @throws LookupUnavailable if the database does not answer
     */
    public ServerChecks(MysqlServerList list, FileServerSettings settings, FileServers servers, InstantSource clock)
            throws LookupUnavailable {
        this.list = list;
        this.servers = list.servers();
        this.hostCheck = new HostCheck(settings, servers, clock);
        this.repositoryCheck = new RepositoryCheck(list, servers, RandomGenerator.getDefault());
    }

    /** Returns the checks of the routes and of each host. */
    public List<Check> hosts() {
        List<Check> checks = new ArrayList<>();
        checks.add(new RouteCheck(list, servers).check());
        for (ListedServer server : servers) {
            server.hosts().forEach(host -> checks.add(hostCheck.check(server, host)));
        }
        return checks;
    }

    /** Returns the checks of repositories. They run after those of the hosts, whose SSH sessions they use again. */
    public List<Check> repositories() {
        return servers.stream()
                .filter(server -> !server.hosts().isEmpty())
                .map(repositoryCheck::check)
                .toList();
    }
}
