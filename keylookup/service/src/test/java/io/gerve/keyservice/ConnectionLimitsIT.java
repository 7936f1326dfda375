package io.gerve.keyservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.sql.testing.RunningMariaDb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that open more connections than they may. */
class ConnectionLimitsIT {
    private static final int PER_ADDRESS_MAX = 4;
    private static final int MAX = 12;
    private static final String PROXY = "127.0.0.9";

    @TempDir
    private static Path home;

    private static RunningKeylookup program;

    private final List<HostileClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        program = RunningKeylookup.start(
                home,
                RunningMariaDb.shared().newMigratedDatabase(),
                "connections_max = " + MAX,
                "connections_per_address_max = " + PER_ADDRESS_MAX,
                "trusted_proxies = [\"" + PROXY + "\"]",
                "request_timeout = \"10m\"",
                "idle_timeout = \"10m\"",
                "body_bytes_max = 2000000");
        program.awaitReady();
    }

    @AfterAll
    static void stop() {
        program.close();
    }

    @AfterEach
    void closeClients() throws Exception {
        // The next test counts connections, so that none of this one may be left.
        for (HostileClient client : clients) {
            client.leave();
        }
    }

    @Test
    void addressWithTooManyConnectionsLosesOne() throws Exception {
        HostileClient other = add(new HostileClient(program.url(), "127.0.0.3"));
        List<HostileClient> ofAddress = new ArrayList<>();
        for (int i = 0; i < PER_ADDRESS_MAX; i++) {
            ofAddress.add(add(HostileClient.withHalfForm(program.url(), "127.0.0.2")));
        }
        assertThat(cut(ofAddress)).isZero();
        ofAddress.add(add(HostileClient.withHalfHeaders(program.url(), "127.0.0.2")));
        await().until(() -> cut(ofAddress) > 0);
        assertThat(cut(ofAddress)).isEqualTo(1);
        assertThat(other.isOpen()).isTrue();
        assertThat(program.metric("gerve_api_connections_closed", "connection_limit"))
                .isGreaterThanOrEqualTo(1);
    }

    /** The attack: clients at many addresses hold every connection. The service accepted no others. */
    @Test
    void honestClientIsServedWhenAllConnectionsAreTaken() throws Exception {
        for (int client = 2; client < 8; client++) {
            for (int i = 0; i < PER_ADDRESS_MAX; i++) {
                add(new HostileClient(program.url(), "127.0.0." + client));
            }
        }
        for (String path : new String[] {"/livez", "/readyz", "/settings/sign-in", "/api/v3"}) {
            assertThat(program.status(path)).as(path).isEqualTo(200);
        }
    }

    /** Behind a proxy all connections have one address, so a client is known by X-Forwarded-For. */
    @Test
    void clientBehindAProxyLosesItsOwnConnectionsOnly() throws Exception {
        HostileClient idle = add(new HostileClient(program.url(), PROXY));
        HostileClient other = add(behindProxy("192.0.2.2"));
        List<HostileClient> ofClient = new ArrayList<>();
        for (int i = 0; i < PER_ADDRESS_MAX; i++) {
            ofClient.add(add(behindProxy("192.0.2.1")));
        }
        assertThat(cut(ofClient)).isZero();
        // The client's own entry is to the left of the proxy's and not believed.
        ofClient.add(add(behindProxy("192.0.2.2, 192.0.2.1")));
        await().until(() -> cut(ofClient) > 0);
        assertThat(cut(ofClient)).isEqualTo(1);
        assertThat(other.isOpen()).isTrue();
        assertThat(idle.isOpen()).isTrue();
    }

    /** The attack: clients send large bodies and do not end them. The program has a heap of 256 MiB. */
    @Test
    void inputOfUnreadRequestsHasABudget() throws Exception {
        double before = program.metric("gerve_api_connections_closed", "connection_limit");
        String body = "x".repeat(2_500_000);
        for (int client = 10; client < 18; client++) {
            add(new HostileClient(program.url(), "127.0.0." + client))
                    .send("POST /settings/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n"
                            + body);
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> program.metric("gerve_api_connections_closed", "connection_limit") > before);
        assertThat(program.status("/readyz")).isEqualTo(200);
    }

    /** Which one is cut is not known here: the service may begin with the connections in another order. */
    private static int cut(List<HostileClient> clients) throws Exception {
        int count = 0;
        for (HostileClient client : clients) {
            count += client.isOpen() ? 0 : 1;
        }
        return count;
    }

    private static HostileClient behindProxy(String client) throws Exception {
        return HostileClient.withHalfForm(program.url(), PROXY, "X-Forwarded-For: " + client + "\r\n");
    }

    private HostileClient add(HostileClient client) {
        clients.add(client);
        return client;
    }
}
