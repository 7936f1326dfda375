package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.Session;
import io.gerve.testbed.process.Shell;
import io.gerve.testbed.site.GateProcess;
import io.gerve.testbed.site.Scrape;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Tests of what a gate's log says about clients and load balancers, also to fail2ban. */
@ExtendWith(SharedGate.class)
class GateLogIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Path FAIL2BAN =
            Path.of(System.getProperty("gerve.distribution", "target/gerve"), "share/fail2ban");
    /** An address that no client has. */
    private static final String OTHERS = "192.0.2.99";

    @TempDir
    private Path folder;

    private final Shell shell = new Shell(Path.of("").toAbsolutePath(), Map.of(), LIMIT);

    /** Connections as HAProxy's checks make them: "check" alone, and with a text to send. */
    @Test
    void checksOfLoadBalancersLeaveNoLines(RunningGate gate) throws Exception {
        int begin = log(gate.gate()).length();
        for (String text : List.of("", "SSH-2.0-HAProxy", "SSH-2.0-HAProxy\r\n", "GET / HTTP/1.0\r\n\r\n")) {
            try (Socket socket = connect(gate.gate(), text)) {
                socket.getInputStream().readNBytes(8);
            }
        }
        gate.newKey("after-checks");
        gate.ssh("after-checks", "");
        await().atMost(LIMIT).until(() -> log(gate.gate()).substring(begin).contains("reason=key_not_registered"));
        assertThat(log(gate.gate()).substring(begin))
                .doesNotContain("exceptionCaught", "HAProxy", "\tat ", "\tcaused by");
    }

    @Test
    void proxyHeaderOfAnUntrustedAddressNamesTheSetting(RunningGate gate) throws Exception {
        double before = refusedProxyHeaders(gate);
        try (Socket socket = connect(gate.gate(), "PROXY TCP4 203.0.113.7 127.0.0.1 51234 22\r\n")) {
            socket.getInputStream().readAllBytes();
        }
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(log(gate.gate()))
                                .contains(
                                        "add it to frontend.trusted_proxies peer=127.0.0.1 cause=\"it begins with a PROXY header"));
        assertThat(refusedProxyHeaders(gate)).isEqualTo(before + 1);
    }

    private static double refusedProxyHeaders(RunningGate gate) throws Exception {
        return Scrape.of(gate.gate().metricsUrl()).value("gerve_proxy_headers_refused_total");
    }

    /** The attack: to have the address of somebody else banned, by a user name that looks like a line of the log. */
    @Test
    void fail2banFindsTheAddressesOfRefusedLoginsAndNoOthers(RunningGate gate) throws Exception {
        logInWithForgedUsers(gate, gate.gate());
        awaitForgedLines(gate.gate());
        assertFound(write("text.log", log(gate.gate())));
        assertFound(write(
                "journal.log", log(gate.gate()).replaceAll("(?m)^", "Nov 30 20:15:00 gate1 gerve-frontend[4711]: ")));
    }

    @Test
    void fail2banReadsTheJsonFormat(RunningGate gate) throws Exception {
        try (GateProcess json = gate.site().startGate(config -> config.replace("\"text\"", "\"json\""))) {
            logInWithForgedUsers(gate, json);
            awaitForgedLines(json);
            assertFound(write("json.log", log(json)));
        }
    }

    @Test
    void fail2banLoadsTheJail() throws Exception {
        shell.run("cp -r /etc/fail2ban '%1$s/etc' && cp '%2$s/filter.d-gerve.conf' '%1$s/etc/filter.d/gerve.conf'"
                                .formatted(folder, FAIL2BAN)
                        + " && cp '%2$s/jail.d-gerve.conf' '%1$s/etc/jail.d/gerve.conf'".formatted(folder, FAIL2BAN))
                .orThrow();
        assertThat(shell.run("fail2ban-client -c '" + folder.resolve("etc") + "' -d")
                        .orThrow()
                        .output())
                .contains("['add', 'gerve', 'systemd']", "'gerve', 'maxretry', 20");
    }

    private void logInWithForgedUsers(RunningGate gate, GateProcess process) throws Exception {
        Path key = gate.newKey("forger-of-" + process.port());
        for (String user : List.of(
                "x address=" + OTHERS + " reason=key_unknown",
                "\nLogin refused address=" + OTHERS + " reason",
                "x\",\"address\":\"" + OTHERS + "\",\"reason\":\"no",
                "git")) {
            // OpenSSH's client refuses such names.
            var client = new JSch();
            client.addIdentity(key.toString());
            Session session = client.getSession(user, "127.0.0.1", process.port());
            session.setConfig("StrictHostKeyChecking", "no");
            assertThatThrownBy(session::connect).hasMessageContaining("Auth fail");
        }
    }

    private static void awaitForgedLines(GateProcess gate) {
        await().atMost(LIMIT)
                .until(() -> log(gate)
                                .lines()
                                .filter(line -> line.contains("Login refused") && line.contains(OTHERS))
                                .count()
                        == 3);
    }

    private void assertFound(Path log) throws Exception {
        List<String> addresses = shell.run(
                        "fail2ban-regex -o ip '%s' '%s/filter.d-gerve.conf'".formatted(log, FAIL2BAN))
                .orThrow()
                .output()
                .lines()
                .toList();
        assertThat(addresses).hasSizeGreaterThanOrEqualTo(3).containsOnly("127.0.0.1");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String log(GateProcess gate) throws IOException {
        return gate.program().log();
    }

    private static Socket connect(GateProcess gate, String text) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port());
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
