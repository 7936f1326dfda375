package io.gerve.doctor;

import io.gerve.config.SettingHashes;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.site.GateReport;
import io.gerve.site.GateReporter;
import io.gerve.site.MysqlGateReports;
import io.gerve.site.MysqlGateReports.Received;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Check of the gates by what they report: whether they run, their clocks, their settings, and their PROXY headers. */
public final class GateCheck {
    private static final String NAME = "gate";
    private static final Duration SILENT_MAX = GateReporter.INTERVAL.multipliedBy(12);
    /** A gate that has been silent for longer was removed. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    /** Settings that are of one machine. */
    private static final Set<String> OF_A_MACHINE = Set.of(
            "audit.gate",
            "audit.spool",
            "frontend.listen",
            "file_servers.identity_file",
            "metrics.frontend_listen",
            "metrics.agent_listen",
            "metrics.keylookup_listen",
            "keylookup.listen",
            "log.format",
            "log.level");

    private final MysqlGateReports reports;
    private final String gate;
    private final Path configFile;
    private final SettingHashes settings;

    /**
     * @param gate {@code audit.gate} of the configuration file
     * @param settings what the configuration file has now
     */
    public GateCheck(MysqlGateReports reports, String gate, Path configFile, SettingHashes settings) {
        this.reports = reports;
        this.gate = gate;
        this.configFile = configFile;
        this.settings = settings;
    }

    public Check check() {
        return new Check(NAME, "all", this::run);
    }

    /** Returns the account of the gate that runs with the configuration file, or empty if none does. */
    public Optional<String> account() {
        try {
            return running(remembered())
                    .filter(this::isOfThisFile)
                    .map(GateReport::account)
                    .findFirst();
        } catch (LookupUnavailable _) {
            // The check says so.
            return Optional.empty();
        }
    }

    private List<Received> remembered() throws LookupUnavailable {
        return reports.all().stream()
                .filter(report -> report.silentFor().compareTo(REMEMBERED) < 0)
                .toList();
    }

    private static Stream<GateReport> running(List<Received> received) {
        return received.stream().filter(GateCheck::isRunning).map(Received::report);
    }

    private static boolean isRunning(Received received) {
        return received.silentFor().compareTo(SILENT_MAX) < 0;
    }

    private boolean isOfThisFile(GateReport report) {
        return report.gate().equals(gate) && report.configFile().equals(configFile.toString());
    }

    private List<Finding> run() throws LookupUnavailable {
        List<Received> remembered = remembered();
        List<Finding> findings = new ArrayList<>();
        for (Received received : remembered) {
            findings.add(state(received));
            findings.add(ClockCheck.compare(
                    subject(received.report()), received.report().clock(), received.seenAt(), "the database"));
            findings.addAll(proxyHeaders(received.report()));
        }
        running(remembered).filter(this::isOfThisFile).forEach(report -> findings.add(againstTheFile(report)));
        findings.add(againstEachOther(running(remembered).toList()));
        return findings;
    }

    private static Finding state(Received received) {
        GateReport report = received.report();
        return isRunning(received)
                ? finding(NAME, report, Severity.OK, "as " + report.account() + ", with " + report.configFile(), "")
                : finding(
                        NAME,
                        report,
                        Severity.WARNING,
                        "It has not reported since %s, so it does not run or does not reach the database."
                                .formatted(received.seenAt()),
                        "On its machine: systemctl start " + unit(report)
                                + ". If it was removed on purpose, this warning ends after a day.");
    }

    /** Returns a warning and no error: any client can send a PROXY header. */
    private static List<Finding> proxyHeaders(GateReport report) {
        return report.refusedProxyHeaders() == 0
                ? List.of()
                : List.of(finding(
                        "trusted_proxies",
                        report,
                        Severity.WARNING,
                        "%d connections since its start began with a PROXY header, and their address is not in"
                                        .formatted(report.refusedProxyHeaders())
                                + " frontend.trusted_proxies, so the gate refused them.",
                        "If they come from load balancers, set frontend.trusted_proxies to their addresses, then"
                                + " there: systemctl restart "
                                + unit(report)));
    }

    private Finding againstTheFile(GateReport report) {
        List<String> differing = report.settings().differingFrom(settings);
        return differing.isEmpty()
                ? finding("gate_settings", report, Severity.OK, "", "")
                : finding(
                        "gate_settings",
                        report,
                        Severity.WARNING,
                        "It runs with other values than %s has now: %s."
                                .formatted(configFile, String.join(", ", differing)),
                        "systemctl restart " + unit(report));
    }

    private static Finding againstEachOther(List<GateReport> gates) {
        Set<String> differing = new TreeSet<>();
        Set<String> unlike = new TreeSet<>();
        for (GateReport one : gates) {
            GateReport most = mostCommon(gates);
            for (String setting : one.settings().differingFrom(most.settings())) {
                if (!OF_A_MACHINE.contains(setting)) {
                    differing.add(setting);
                    unlike.add(subject(one) + " and " + subject(most));
                }
            }
        }
        return differing.isEmpty()
                ? new Finding("site_settings", "all gates", Severity.OK, "", "")
                : new Finding(
                        "site_settings",
                        String.join("; ", unlike),
                        Severity.WARNING,
                        "These gates have different values of " + String.join(", ", differing) + ".",
                        "Compare their configuration files, correct one, and restart its gate: systemctl restart"
                                + " gerve-frontend");
    }

    /** Returns a gate whose settings most gates share. */
    private static GateReport mostCommon(List<GateReport> gates) {
        Map<SettingHashes, Integer> counts = new HashMap<>();
        GateReport best = gates.getFirst();
        for (GateReport each : gates) {
            SettingHashes shared = shared(each);
            int count = counts.merge(shared, 1, Integer::sum);
            if (count > counts.getOrDefault(shared(best), 0)) {
                best = each;
            }
        }
        return best;
    }

    private static SettingHashes shared(GateReport report) {
        SettingHashes shared = report.settings();
        for (String setting : OF_A_MACHINE) {
            shared = shared.with(setting, Optional.empty());
        }
        return shared;
    }

    private static String unit(GateReport report) {
        return report.program().equals("gerve agent") ? "gerve-agent" : "gerve-frontend";
    }

    private static String subject(GateReport report) {
        return report.gate() + " (" + report.program() + ")";
    }

    private static Finding finding(String name, GateReport report, Severity severity, String what, String advice) {
        return new Finding(name, subject(report), severity, what, advice);
    }
}
