package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.cli.output.Table;
import io.gerve.program.ExitStatus;
import io.gerve.routing.FileServer;
import io.gerve.routing.FileServerHost;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code gerve server}. */
@Command(
        name = "server",
        header = "Create, list and delete file servers.",
        description = {
            "",
            "A file server is a name that owners are routed to. Its first host is the active one; the others are"
                    + " standbys"
                    + " (gerve host). The gate accepts one pinned key from each host, which"
                    + " packaging/file-server/setup prints.",
            "",
            "  gerve server create fs1 fs1a fs1a.example.net --host-key 'ssh-ed25519 AAAA…'",
            "  gerve server create fs2 fs2a fs2a.example.net --scan",
        })
final class ServerCommand extends CommandGroup {
    private static final Table<FileServer> SERVERS = Table.<FileServer>rows()
            .column("server", FileServer::name)
            .column("owners", FileServer::owners)
            .column(
                    "hosts",
                    server -> server.hosts().stream().map(FileServerHost::name).toList());

    @Command(header = "Create a file server with its first host.")
    int create(@Mixin HostOptions options) throws Exception {
        var host = options.resolve(gerve(), this::usage);
        try (var site = gerve().open()) {
            site.warnUnlessPropagated(site.routes().addServer(options.server(), host));
        }
        return done("File server " + options.server() + " is created. Its active host is " + host.name() + ".");
    }

    @Command(header = "List the file servers.")
    int list() throws Exception {
        try (var site = gerve().open()) {
            gerve().print(SERVERS, site.routes().servers());
        }
        return ExitStatus.DONE;
    }

    @Command(
            header = "Show a file server.",
            description = {"", "Its hosts, the active one first, with addresses and keys: gerve host list SERVER"})
    int show(@Parameters(paramLabel = "SERVER", description = "The file server.") String server) throws Exception {
        try (var site = gerve().open()) {
            gerve().printOne(SERVERS, find(site, server));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Delete a file server that no owner is routed to.")
    int delete(@Parameters(paramLabel = "SERVER", description = "The file server.") String server) throws Exception {
        try (var site = gerve().open()) {
            site.warnUnlessPropagated(site.routes().removeServer(server));
        }
        return done("File server " + server + " is deleted.");
    }

    static FileServer find(SiteConnection site, String name) throws Exception {
        return site.routes().servers().stream()
                .filter(server -> server.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ChangeRefused("There is no file server " + name + ". See: gerve server list"));
    }
}
