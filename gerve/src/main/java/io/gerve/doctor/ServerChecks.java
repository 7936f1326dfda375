package io.gerve.doctor;

import io.gerve.config.FileServerSettings;
import io.gerve.fileserver.FileServers;
import io.gerve.lookup.LookupUnavailable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Checks of the file servers, which need the database: their hosts, the routes, and the repositories on disk. */
public final class ServerChecks {
    private final MysqlServerList list;
    private final HostCheck hosts;
    private final RepositoryCheck repositories;

    public ServerChecks(MysqlServerList list, FileServerSettings settings, FileServers servers, InstantSource clock) {
        this.list = list;
        this.hosts = new HostCheck(settings, servers, clock);
        this.repositories = new RepositoryCheck(list, servers, RandomGenerator.getDefault());
    }

    /** @throws LookupUnavailable if the database does not answer */
    public List<Check> all() throws LookupUnavailable {
        List<ListedServer> servers = list.servers();
        List<Check> checks = new ArrayList<>();
        checks.add(new RouteCheck(list, servers).check());
        for (ListedServer server : servers) {
            server.hosts().forEach(host -> checks.add(hosts.check(server, host)));
        }
        servers.stream()
                .filter(server -> !server.hosts().isEmpty())
                .map(repositories::check)
                .forEach(checks::add);
        return checks;
    }
}
