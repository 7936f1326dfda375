package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.cli.output.Table;
import io.gerve.fileserver.HostKeyScan;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.routing.FileServer;
import io.gerve.routing.FileServerHost;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gerve server}. */
@Command(
        name = "server",
        header = "File servers and the hosts that make them up.",
        description = {
            "",
            "A file server is a name that owners are routed to. Its first host is the active one; others stand by. Each host is believed with"
                    + " one host key only, which packaging/file-server/setup prints at its end.",
            "",
            "  gerve server add fs1 fs1a fs1a.example.net --host-key 'ssh-ed25519 AAAA…'",
            "  gerve server add-host fs1 fs1b fs1b.example.net --scan",
        })
final class ServerCommand extends CommandGroup {
    private static final Table<FileServer> SERVERS = Table.<FileServer>rows()
            .column("server", FileServer::name)
            .column("owners", FileServer::owners)
            .column(
                    "hosts",
                    server -> server.hosts().stream().map(FileServerHost::name).toList());

    private static final Table<FileServerHost> HOSTS = Table.<FileServerHost>rows()
            .column("host", FileServerHost::name)
            .column("address", FileServerHost::address)
            .column("port", FileServerHost::port)
            .column("fingerprint", host -> host.hostKey().fingerprint().text())
            .column("host_key", host -> host.hostKey().text());

    /** How a host is given. */
    static final class Host {
        @Parameters(index = "0", paramLabel = "SERVER", description = "The file server's name: fs1")
        private String server = "";

        @Parameters(index = "1", paramLabel = "HOST", description = "Its name: fs1a")
        private String name = "";

        @Parameters(index = "2", paramLabel = "ADDRESS", description = "A host name or an IP address.")
        private String address = "";

        @Option(
                names = "--port",
                paramLabel = "PORT",
                defaultValue = "22",
                description = "Of its sshd.",
                showDefaultValue = Visibility.ALWAYS)
        private int port;

        @ArgGroup(multiplicity = "1")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Trust trust;

        @Option(names = "--yes", description = "With --scan: believe what is found.")
        private boolean yes;
    }

    /** Why its host key is believed. */
    static final class Trust {
        @Option(names = "--host-key", paramLabel = "KEY", description = "Its host key: 'ssh-ed25519 AAAA…'")
        private String hostKey = "";

        @Option(names = "--scan", description = "Ask the host for its key, and confirm the fingerprint.")
        private boolean scan;
    }

    @Command(header = "Make a file server with its first host.")
    int add(@Mixin Host host) throws Exception {
        var valid = host(host);
        try (var site = gerve().open()) {
            site.warnUnlessPropagated(site.routes().addServer(host.server, valid));
        }
        return done("File server " + host.server + " is there. Its active host is " + valid.name() + ".");
    }

    @Command(header = "List the file servers.")
    int list() throws Exception {
        try (var site = gerve().open()) {
            gerve().print(SERVERS, site.routes().servers());
        }
        return ExitStatus.DONE;
    }

    @Command(header = "List a file server's hosts, the active one first.")
    int show(@Parameters(paramLabel = "SERVER", description = "Which.") String server) throws Exception {
        try (var site = gerve().open()) {
            gerve().print(HOSTS, hostsOf(site, server));
        }
        return ExitStatus.DONE;
    }

    @Command(header = "Remove a file server that holds nobody's repositories.")
    int remove(@Parameters(paramLabel = "SERVER", description = "Which.") String server) throws Exception {
        try (var site = gerve().open()) {
            site.warnUnlessPropagated(site.routes().removeServer(server));
        }
        return done("File server " + server + " is removed.");
    }

    @Command(name = "add-host", header = "Add a stand-by to a file server.")
    int addHost(@Mixin Host host) throws Exception {
        var valid = host(host);
        try (var site = gerve().open()) {
            site.warnUnlessPropagated(site.routes().addHost(host.server, valid));
        }
        return done("Host " + valid.name() + " stands by for " + host.server + ".");
    }

    @Command(name = "remove-host", header = "Remove a stand-by of a file server.")
    int removeHost(
            @Parameters(paramLabel = "SERVER", description = "Which.") String server,
            @Parameters(paramLabel = "HOST", description = "Its name.") String host)
            throws Exception {
        try (var site = gerve().open()) {
            site.warnUnlessPropagated(site.routes().removeHost(server, host));
        }
        return done("Host " + host + " of " + server + " is removed.");
    }

    private static List<FileServerHost> hostsOf(SiteConnection site, String server) throws Exception {
        return site.routes().servers().stream()
                .filter(candidate -> candidate.name().equals(server))
                .findFirst()
                .orElseThrow(() -> new ChangeRefused("There is no file server " + server + ". See: gerve server list"))
                .hosts();
    }

    private FileServerHost host(Host host) throws Exception {
        try {
            return new FileServerHost(host.name, host.address, host.port, hostKey(host));
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        } catch (InvalidKey e) {
            throw new ChangeRefused(String.valueOf(e.getMessage()));
        }
    }

    private PublicKey hostKey(Host host) throws Exception {
        if (!host.trust.scan) {
            return PublicKey.ofLine(host.trust.hostKey);
        }
        var timeout = gerve().config().fileServers().connectTimeout();
        var found = HostKeyScan.fetch(host.address, host.port, timeout);
        gerve().note(host.address + " has the " + found.algorithm().wireName() + " key " + found.fingerprint() + ".");
        gerve().confirm(
                        host.yes,
                        "Is that its fingerprint, as ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub shows there?");
        return found;
    }
}
