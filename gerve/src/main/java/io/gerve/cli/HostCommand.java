package io.gerve.cli;

import io.gerve.cli.output.Table;
import io.gerve.program.ExitStatus;
import io.gerve.routing.FileServer;
import io.gerve.routing.FileServerHost;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code gerve host}. */
@Command(
        name = "host",
        header = "Add, list and remove the hosts of a file server.",
        description = {
            "",
            "The first host of a file server is the active one; the others are standbys. Change it: gerve route"
                    + " failover",
            "",
            "  gerve host add fs1 fs1b fs1b.example.net --host-key 'ssh-ed25519 AAAA…'",
            "  gerve host list fs1",
        })
final class HostCommand extends CommandGroup {
    private static final Table<Row> HOSTS = Table.<Row>rows()
            .column("server", Row::server)
            .column("host", row -> row.host().name())
            .column("active", Row::isActive)
            .column("address", row -> row.host().address())
            .column("port", row -> row.host().port())
            .column("fingerprint", row -> row.host().hostKey().fingerprint().text())
            .column("host_key", row -> row.host().hostKey().text());

    private record Row(String server, FileServerHost host, boolean isActive) {
        static Stream<Row> of(FileServer server) {
            return server.hosts().stream()
                    .map(host -> new Row(
                            server.name(), host, host.equals(server.hosts().getFirst())));
        }
    }

    @Command(header = "Add a standby to a file server.")
    int add(@Mixin HostOptions options) throws Exception {
        var host = options.resolve(gerve(), this::usage);
        try (var site = gerve().open()) {
            site.warnUnlessPropagated(site.routes().addHost(options.server(), host));
        }
        return done("Host " + host.name() + " is a standby of " + options.server() + ".");
    }

    @Command(header = "List the hosts of a file server, or of all; the active one first.")
    int list(
            @Parameters(paramLabel = "SERVER", arity = "0..1", description = "The file server.")
                    Optional<String> server)
            throws Exception {
        try (var site = gerve().open()) {
            List<FileServer> servers = server.isPresent()
                    ? List.of(ServerCommand.find(site, server.get()))
                    : site.routes().servers();
            gerve().print(HOSTS, servers.stream().flatMap(Row::of).toList());
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Remove a standby from a file server.")
    int remove(
            @Parameters(paramLabel = "SERVER", description = "The file server.") String server,
            @Parameters(paramLabel = "HOST", description = "The name of the standby.") String host)
            throws Exception {
        try (var site = gerve().open()) {
            site.warnUnlessPropagated(site.routes().removeHost(server, host));
        }
        return done("Host " + host + " is removed from " + server + ".");
    }
}
