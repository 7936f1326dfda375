package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.fileserver.HostKeyScan;
import io.gerve.keylookup.key.InvalidKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.routing.FileServerHost;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Arguments and options that describe a new host of a file server. */
final class HostOptions {
    @Parameters(index = "0", paramLabel = "SERVER", description = "The name of the file server: fs1")
    private String server = "";

    @Parameters(index = "1", paramLabel = "HOST", description = "The name of the host: fs1a")
    private String name = "";

    @Parameters(index = "2", paramLabel = "ADDRESS", description = "A host name or an IP address.")
    private String address = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "22",
            description = "The port of its sshd, 1 to 65535.",
            showDefaultValue = Visibility.ALWAYS)
    private int port;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private HostKeySource source;

    @Option(names = "--yes", description = "With --scan: accept the key without asking.")
    private boolean yes;

    /** Source of the host key that is pinned. */
    static final class HostKeySource {
        @Option(names = "--host-key", paramLabel = "KEY", description = "The host key to pin: 'ssh-ed25519 AAAA…'")
        private String hostKey = "";

        @Option(names = "--scan", description = "Connect to the host for its key, and confirm the fingerprint.")
        private boolean scan;
    }

    String server() {
        return server;
    }

    /**
     * Returns the described host, with its key from the option or from a scan.
     *
     * @param usage makes the exception for a value that is not allowed
     */
    FileServerHost resolve(Gerve gerve, Function<String, ParameterException> usage) throws Exception {
        try {
            return new FileServerHost(name, address, port, hostKey(gerve));
        } catch (IllegalArgumentException e) {
            throw usage.apply(String.valueOf(e.getMessage()));
        } catch (InvalidKey e) {
            throw new ChangeRefused(String.valueOf(e.getMessage()));
        }
    }

    private PublicKey hostKey(Gerve gerve) throws Exception {
        if (!source.scan) {
            return PublicKey.ofLine(source.hostKey);
        }
        var timeout = gerve.config().fileServers().connectTimeout();
        var scanned = HostKeyScan.fetch(address, port, timeout);
        gerve.note(address + " has the " + scanned.algorithm().wireName() + " key " + scanned.fingerprint() + ".");
        gerve.confirm(yes, "Does ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub show this fingerprint on the host?");
        return scanned;
    }
}
