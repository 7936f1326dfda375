package io.gerve.doctor;

import io.gerve.config.FileServerSettings;
import io.gerve.fileserver.FileServerUnavailable;
import io.gerve.fileserver.FileServers;
import io.gerve.fileserver.HostKeyScan;
import io.gerve.fileserver.LoginFault;
import io.gerve.fileserver.PrivateKeyFile;
import io.gerve.routing.FileServerHost;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Check of the hosts of file servers: the login with the gate's key, then what each host reports about itself. */
final class HostCheck {
    static final String NAME = "file_server";

    private static final Duration REPLY_MAX = Duration.ofSeconds(30);

    private final FileServerSettings settings;
    private final RemoteReader reader;
    private final InstantSource clock;

    HostCheck(FileServerSettings settings, FileServers servers, InstantSource clock) {
        this.settings = settings;
        Duration timeout = settings.folderTimeout();
        this.reader = new RemoteReader(servers, timeout.compareTo(REPLY_MAX) < 0 ? timeout : REPLY_MAX);
        this.clock = clock;
    }

    Check check(ListedServer server, FileServerHost host) {
        return new Check(NAME, subject(server, host), () -> run(server, host));
    }

    static String subject(ListedServer server, FileServerHost host) {
        return server.name() + "/" + host.name();
    }

    private List<Finding> run(ListedServer server, FileServerHost host) throws InterruptedException {
        String subject = subject(server, host);
        try {
            HostReport report = HostReport.parse(reader.run(host, "inspect", List.of()));
            Instant now = clock.instant();
            List<Finding> findings = new ArrayList<>();
            findings.add(new Finding(NAME, subject, Severity.OK, report.git(), ""));
            findings.add(ClockCheck.compare(subject, report.clock(), now, "this machine"));
            findings.addAll(new HostExamination(subject, settings.user(), report).findings());
            return findings;
        } catch (UnusableHost e) {
            return List.of(error(subject, String.valueOf(e.getMessage()), e.advice()));
        } catch (FileServerUnavailable e) {
            return List.of(loginFailure(server, host, e));
        } catch (IllegalArgumentException e) {
            // The gate's key cannot be used, so no host can be checked.
            return List.of(new Finding(
                    NAME, subject, Severity.UNKNOWN, String.valueOf(e.getMessage()), "See the check key_file."));
        }
    }

    private Finding loginFailure(ListedServer server, FileServerHost host, FileServerUnavailable failure) {
        String subject = subject(server, host);
        String address = host.address() + " port " + host.port();
        return switch (LoginFault.of(failure)) {
            case OTHER_HOST_KEY -> otherHostKey(server, host, address);
            case KEY_REFUSED ->
                error(
                        subject,
                        "%s refuses the gate's key %s, or its account %s has no usable login shell."
                                .formatted(address, fingerprint(), settings.user()),
                        "Copy share/file-server and the public key of file_servers.identity_file there, and run:"
                                + " ./setup --gate-key file_server_key.pub (with --gates, it must list this machine)");
            case UNREACHABLE ->
                error(
                        subject,
                        "The host cannot be used: " + failure.getMessage(),
                        "On its machine: systemctl start ssh. If it is the active host and stays down: gerve route"
                                + " failover "
                                + server.argument());
        };
    }

    private Finding otherHostKey(ListedServer server, FileServerHost host, String address) {
        return error(
                subject(server, host),
                "%s has the host key %s, but %s is pinned."
                        .formatted(
                                address,
                                presented(host),
                                host.hostKey().fingerprint().text()),
                ("Find out whether its key was replaced on purpose: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"
                                + " there. If so: gerve host remove %1$s %2$s, then gerve host add %1$s %2$s %3$s --port %4$d"
                                + " --scan. Before that, if it is the active host: gerve route failover %1$s")
                        .formatted(server.argument(), host.name(), host.address(), host.port()));
    }

    private String presented(FileServerHost host) {
        try {
            return HostKeyScan.fetch(host.address(), host.port(), settings.connectTimeout())
                    .fingerprint()
                    .text();
        } catch (FileServerUnavailable e) {
            return "that cannot be read (" + e.getMessage() + ")";
        }
    }

    private String fingerprint() {
        return PrivateKeyFile.fingerprint(settings.identityFile()).text();
    }

    private static Finding error(String subject, String what, String advice) {
        return new Finding(NAME, subject, Severity.ERROR, what, advice);
    }
}
