package io.gerve.cli;

import io.gerve.cli.output.Table;
import io.gerve.doctor.Check;
import io.gerve.doctor.CheckRun;
import io.gerve.doctor.ClockCheck;
import io.gerve.doctor.DatabaseCheck;
import io.gerve.doctor.Finding;
import io.gerve.doctor.GateCheck;
import io.gerve.doctor.KeyServiceCheck;
import io.gerve.doctor.MachineCheck;
import io.gerve.doctor.RedisCheck;
import io.gerve.doctor.ServerChecks;
import io.gerve.doctor.Severity;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.ExitStatus;
import io.gerve.site.GateSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code gerve doctor}. */
@Command(
        name = "doctor",
        header = "Check the site, and say how to fix each issue.",
        description = {
            "",
            "Checks the database, Redis, the key service, the gates, the hosts of all file servers with the routes and"
                    + " repositories, and the keys and the spool of this machine. Changes nothing. Each check prints its"
                    + " severity, its name, and what it checked. Under an issue, it prints what is wrong and what to do. A"
                    + " configuration file names one database user and the files of one machine, so run it with the file"
                    + " of each program too:",
            "",
            "  gerve doctor",
            "  gerve doctor --config /etc/gerve/gerve.toml",
            "  gerve doctor --json",
        },
        exitCodeList = {
            "0:The site is sound, or has warnings only.",
            "1:At least one error, for example a database that is down.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            "75:No error, but a check could not be made.",
            ExitStatus.CONFIG_HELP
        })
final class DoctorCommand implements Callable<Integer> {
    /** Maximum time of one check. Each part of it has a shorter timeout of its own. */
    private static final Duration CHECK_MAX = Duration.ofSeconds(90);

    private static final int SEVERITY_WIDTH = 9;

    private static final Table<Finding> FINDINGS = Table.<Finding>rows()
            .column("name", Finding::name)
            .column("subject", Finding::subject)
            .column("severity", Finding::severity)
            .column("what", Finding::what)
            .column("do", Finding::advice);

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @Override
    public Integer call() throws Exception {
        var config = gerve.config();
        Path file = gerve.configFile();
        var run = new CheckRun(CHECK_MAX, gerve.progress()::show);
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding("configuration", file.toString(), Severity.OK, "", ""));
        try (var site = gerve.open()) {
            findings.addAll(run.of(List.of(
                    new DatabaseCheck(config.database(), file, new ClockCheck(InstantSource.system())).check(),
                    new RedisCheck(config.redis(), file).check(),
                    new KeyServiceCheck(config.keylookup().url()).check())));
            var machine = new MachineCheck(config, file);
            if (DatabaseCheck.isUsable(findings)) {
                var gates = new GateCheck(site.gateReports(), config.audit().gate(), file, GateSettings.of(config));
                findings.addAll(run.of(List.of(machine.check(gates.account()), gates.check())));
                findings.addAll(ofServers(run, site));
            } else {
                findings.addAll(
                        run.of(List.of(machine.check(Optional.empty()), notChecked("the database cannot be used"))));
            }
        }
        print(findings);
        return status(findings);
    }

    private static List<Finding> ofServers(CheckRun run, SiteConnection site) throws InterruptedException {
        try {
            ServerChecks servers = site.serverChecks();
            List<Finding> findings = new ArrayList<>(run.of(servers.hosts()));
            findings.addAll(run.of(servers.repositories()));
            return findings;
        } catch (LookupUnavailable e) {
            return run.of(List.of(notChecked(CommandFailure.message(e))));
        }
    }

    private static Check notChecked(String why) {
        return new Check(
                "file_server",
                "all",
                () -> List.of(new Finding(
                        "file_server",
                        "all",
                        Severity.UNKNOWN,
                        "The file servers were not checked: " + why,
                        "Correct the database first, then check again: gerve doctor")));
    }

    private void print(List<Finding> findings) {
        gerve.progress().clear();
        if (gerve.printsJson()) {
            gerve.print(FINDINGS, findings);
            return;
        }
        String indent = " ".repeat(SEVERITY_WIDTH);
        for (Finding finding : findings) {
            String severity = finding.severity().name().toLowerCase(Locale.ROOT);
            gerve.print("%-8s %s %s"
                    .formatted(severity, finding.name(), finding.subject())
                    .stripTrailing());
            if (finding.severity() != Severity.OK) {
                gerve.print(indent + finding.what());
                gerve.print(indent + "Do: " + finding.advice());
            }
        }
    }

    private static int status(List<Finding> findings) {
        if (Finding.any(findings, Severity.ERROR)) {
            return ExitStatus.REFUSED;
        }
        return Finding.any(findings, Severity.UNKNOWN) ? ExitStatus.TRY_AGAIN : ExitStatus.DONE;
    }
}
