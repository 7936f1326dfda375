package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.process.Shell;
import io.gerve.testbed.site.KeyServiceProcess;
import io.gerve.testbed.site.Scrape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests of the shipped rules, dashboard and example for Prometheus and Grafana, and of the list of metrics. */
class MonitoringFilesIT {
    private static final Path SHIPPED =
            Path.of(System.getProperty("gerve.distribution", "target/gerve"), "share/monitoring");
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Path TESTS = Path.of("src/test/monitoring/gerve-rules-test.yml");
    private static final Path OPERATIONS = Path.of("doc/operations.md");
    private static final Pattern METRIC = Pattern.compile("\\b(?:gerve|jvm|process|hikaricp)_[a-z0-9_]+");
    private static final Pattern ALERT = Pattern.compile("alert: (\\w+)");

    private final Shell shell = new Shell(Path.of("").toAbsolutePath(), Map.of(), Duration.ofMinutes(5));

    @Test
    void promtoolAcceptsTheRulesAndTheExample() throws Exception {
        shell.run("promtool check rules '" + SHIPPED.resolve("gerve-rules.yml") + "'")
                .orThrow();
        shell.run("promtool check config '" + SHIPPED.resolve("prometheus.yml") + "'")
                .orThrow();
    }

    @Test
    void eachAlertFiresOnItsFaultAndNoneOnASoundSite() throws Exception {
        shell.run("promtool test rules '" + TESTS + "'").orThrow();
        Set<String> alerts = ALERT.matcher(Files.readString(SHIPPED.resolve("gerve-rules.yml")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
        assertThat(Files.readString(TESTS))
                .contains(alerts.stream().map(alert -> "name: " + alert + "\n").toList())
                .contains(alerts.stream()
                        .map(alert -> "alertname: " + alert + ", exp_alerts: []")
                        .toList());
    }

    @Test
    void dashboardHasPanelsWithQueriesAndLegends() throws Exception {
        JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(SHIPPED.resolve("grafana-dashboard.json")));
        assertThat(dashboard
                        .path("panels")
                        .valueStream()
                        .filter(panel -> !panel.path("type").asString().equals("row")))
                .hasSizeGreaterThan(30)
                .allSatisfy(panel -> assertThat(panel.path("targets").valueStream())
                        .isNotEmpty()
                        .allSatisfy(target -> {
                            assertThat(target.path("expr").asString()).isNotBlank();
                            assertThat(target.path("legendFormat").asString()).isNotBlank();
                        }));
    }

    /** In both directions: what the files and the guide name exists, and every metric of Gerve is in the guide. */
    @Test
    @ExtendWith(SharedGate.class)
    void metricsThatTheFilesAndTheGuideNameExist(SharedGate.OfEachFrontend gates) throws Exception {
        Set<String> existing = new HashSet<>();
        collectGarbage(gates.frontend());
        existing.addAll(Scrape.of(gates.frontend().gate().metricsUrl()).names());
        await().atMost(LIMIT).until(() -> gates.openssh().ssh("mojombo", "").status() == 1);
        existing.addAll(
                Scrape.of(gates.openssh().site().opensshGate().metricsUrl()).names());
        KeyServiceProcess keyService = gates.frontend().site().startKeyService();
        existing.addAll(Scrape.of(keyService.metricsUrl()).names());

        assertThat(named(SHIPPED.resolve("gerve-rules.yml"))).isNotEmpty().isSubsetOf(existing);
        assertThat(named(SHIPPED.resolve("grafana-dashboard.json")))
                .isNotEmpty()
                .isSubsetOf(existing);
        Set<String> ofGerve = existing.stream()
                .filter(name -> name.startsWith("gerve_"))
                .map(name -> name.replaceFirst("_(bucket|count|sum|max)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> documented = named(monitoringSection()).stream()
                .filter(name -> name.startsWith("gerve_"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).containsExactlyElementsOf(ofGerve);
    }

    /** Makes the JVM of the gate collect garbage, since its meter of pauses arises with the first one. */
    private void collectGarbage(RunningGate gate) throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        shell.run("'%s' %d GC.run".formatted(jcmd, gate.gate().program().pid())).orThrow();
    }

    private static Set<String> named(Path file) throws IOException {
        return named(Files.readString(file));
    }

    /** Returns the guide from its section about metrics on. The sections before it name database users. */
    private static String monitoringSection() throws IOException {
        String guide = Files.readString(OPERATIONS);
        return guide.substring(guide.indexOf("## Monitoring"));
    }

    private static Set<String> named(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
    }
}
