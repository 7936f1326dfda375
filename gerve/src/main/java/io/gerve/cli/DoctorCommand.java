package io.gerve.cli;

import io.gerve.chimney.FileServer;
import io.gerve.lookup.LookupUnavailable;
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
    private static final Table<Finding> FINDINGS = Table.<Finding>rows()
            .column("part", Finding::part)
            .column("sound", Finding::sound)
            .column("problem", Finding::problem);

    /** @param problem empty if it is sound */
    private record Finding(String part, String problem) {
        boolean sound() {
            return problem.isEmpty();
        }
    }

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @Override
    public Integer call() throws Exception {
        var config = gerve.config();
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding("configuration", ""));
        findings.add(new Finding("database", schema(new Migrations(config.database()))));
        try (var site = gerve.open()) {
            findings.add(new Finding("redis", site.redisAnswers() ? "" : "does not answer at " + config.redis()));
            if (findings.get(1).sound()) {
                hosts(site, findings);
            }
        }
        gerve.print(FINDINGS, findings);
        return findings.stream().allMatch(Finding::sound) ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    private static String schema(Migrations migrations) {
        try {
            return migrations.pending().map(why -> why + " Run: gerve migrate").orElse("");
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void hosts(Site site, List<Finding> findings) throws LookupUnavailable {
        var servers = site.routes().servers();
        if (servers.isEmpty()) {
            findings.add(new Finding("file servers", "There is none. See: gerve server add --help"));
        }
        for (FileServer server : servers) {
            for (var host : server.hosts()) {
                findings.add(new Finding("host " + server.name() + "/" + host.name(), site.problemOf(host)));
            }
        }
    }
}
