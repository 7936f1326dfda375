package io.gerve.cli;

import io.gerve.cli.output.Table;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.routing.FileServer;
import io.gerve.sql.Migrations;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code gerve doctor}. */
@Command(
        name = "doctor",
        header = "Find what is wrong with the site, and say what to do.",
        description = {
            "",
            "Reads the configuration, asks the database for its schema, Redis for an answer, and logs in to every host of every file server"
                    + " with the gate's key, believing its pinned key only. It changes nothing. The exit status is 1 if anything is wrong.",
        })
final class DoctorCommand implements Callable<Integer> {
    private static final Table<Check> FINDINGS = Table.<Check>rows()
            .column("part", Check::part)
            .column("sound", Check::ok)
            .column("problem", Check::problem);

    /** @param problem empty if it is sound */
    private record Check(String part, String problem) {
        boolean ok() {
            return problem.isEmpty();
        }
    }

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @Override
    public Integer call() throws Exception {
        var config = gerve.config();
        List<Check> findings = new ArrayList<>();
        findings.add(new Check("configuration", ""));
        findings.add(new Check("database", schema(new Migrations(config.database()))));
        try (var site = gerve.open()) {
            findings.add(new Check("redis", site.isRedisAnswering() ? "" : "does not answer at " + config.redis()));
            if (findings.get(1).ok()) {
                hosts(site, findings);
            }
        }
        gerve.print(FINDINGS, findings);
        return findings.stream().allMatch(Check::ok) ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    private static String schema(Migrations migrations) {
        try {
            return migrations.pending().map(why -> why + " Run: gerve migrate").orElse("");
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void hosts(SiteConnection site, List<Check> findings) throws LookupUnavailable {
        var servers = site.routes().servers();
        if (servers.isEmpty()) {
            findings.add(new Check("file servers", "There is none. See: gerve server add --help"));
        }
        for (FileServer server : servers) {
            for (var host : server.hosts()) {
                findings.add(new Check("host " + server.name() + "/" + host.name(), site.problemOf(host)));
            }
        }
    }
}
