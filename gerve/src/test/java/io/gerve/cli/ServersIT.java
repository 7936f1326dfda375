package io.gerve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.cli.output.Terminal;
import io.gerve.testing.RunningSshd;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** File servers, their hosts and routes. The tests share a site; each has a file server of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServersIT {
    private OperatedSite site;
    private RunningSshd sshd;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        site = OperatedSite.open(home);
        sshd = RunningSshd.withGitShell(home.resolve("fs"));
    }

    @AfterAll
    void stop() throws Exception {
        sshd.close();
        site.close();
    }

    @Test
    void scannedHostKeyIsShownForConfirmation() {
        var scanned = site.gerve(
                Terminal.of(_ -> "yes"),
                "server",
                "create",
                "scanned",
                "scanned-a",
                "127.0.0.1",
                "--port",
                "" + sshd.port(),
                "--scan");
        assertThat(scanned.err()).contains(sshd.hostKey().fingerprint().text());
        assertThat(scanned.status()).isZero();
    }

    @Test
    void serverWithABrokenHostKeyIsRefused() {
        var run = site.gerve("server", "create", "broken", "broken-a", "127.0.0.1", "--host-key", "ssh-ed25519 AAAA");
        assertThat(run.status()).isEqualTo(1);
        assertThat(site.gerve("server", "show", "broken").status()).isEqualTo(1);
    }

    @Test
    void serverNameInUseIsRefused() {
        create("taken");
        assertThat(site.gerve("server", "create", "taken", "taken-a", "::1", "--host-key", key())
                        .err())
                .isEqualTo("gerve: There is a file server taken already.\n");
    }

    @Test
    void portOutOfRangeIsAUsageError() {
        var run = site.gerve("server", "create", "port", "port-a", "::1", "--port", "65536", "--host-key", key());
        assertThat(run.err()).contains("must be 1 to 65535");
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void failoverMakesTheStandbyActive() {
        create("failing");
        var active = site.must("route", "failover", "failing", "--json").json();
        assertThat(active.get("active").stringValue()).isEqualTo("failing-b");
        assertThat(site.must("server", "list").out()).contains("failing-b, failing-a");
        assertThat(site.must("server", "show", "failing", "--json")
                        .json()
                        .get("hosts")
                        .get(0)
                        .stringValue())
                .isEqualTo("failing-b");
        var hosts = site.must("host", "list", "failing", "--json").json();
        assertThat(hosts.get(0).get("host").stringValue()).isEqualTo("failing-b");
        assertThat(hosts.get(0).get("active").booleanValue()).isTrue();
        assertThat(hosts.get(1).get("active").booleanValue()).isFalse();
    }

    @Test
    void activeHostCannotBeRemoved() {
        create("active");
        assertThat(site.gerve("host", "remove", "active", "active-a").status()).isEqualTo(1);
        site.must("host", "remove", "active", "active-b");
    }

    @Test
    void routeOfAnOwnerHasItsServersHosts() {
        create("routed");
        site.must("account", "create", "mojombo", "--server", "routed");
        assertThat(site.must("route", "show", "mojombo").out()).contains("routed-a", "routed-b");
        assertThat(site.must("route", "show").out()).contains("mojombo");
        assertThat(site.gerve("route", "set", "mojombo", "nonexistent").status())
                .isEqualTo(1);
    }

    @Test
    void rebuildStoresEveryRoute() {
        create("rebuilt");
        site.must("account", "create", "defunkt", "--server", "rebuilt");
        var rebuilt = site.must("route", "rebuild", "--json").json();
        assertThat(rebuilt.get("routes").intValue())
                .isPositive()
                .isEqualTo(site.must("route", "show", "--json").json().size());
    }

    @Test
    void serverThatHoldsRepositoriesCannotBeDeleted() {
        create("full");
        site.must("account", "create", "pj", "--server", "full");
        assertThat(site.gerve("server", "delete", "full").err()).contains("still holds the repositories of 1");
    }

    @Test
    void changesOfAServerIncludeItsHostsAndRoutes() {
        create("audited");
        site.must("account", "create", "chris", "--server", "audited");
        site.must("route", "failover", "audited");
        assertThat(site.must("audit", "changes", "--server", "audited").out())
                .containsPattern("file_server .* audited: audited-a, audited-b +audited: audited-b, audited-a")
                .contains("audited-b at 127.0.0.2 port 22, " + sshd.hostKey().fingerprint())
                .containsPattern("route +chris .* audited");
        assertThat(site.must("audit", "changes", "--account", "chris").out())
                .containsPattern("route +chris .* audited");
        assertThat(site.gerve("audit", "changes", "--server", "audite").err())
                .contains("There is no file server audite,");
    }

    /** Creates a file server with a standby. */
    private void create(String name) {
        site.must("server", "create", name, name + "-a", "127.0.0.1", "--host-key", key());
        site.must("host", "add", name, name + "-b", "127.0.0.2", "--host-key", key());
    }

    private String key() {
        return sshd.hostKey().text();
    }
}
