package io.gerve.cli;

import io.gerve.cli.output.Table;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.ExitStatus;
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
        header = "Check the site, and say how to fix each issue.",
        description = {
            "",
            "Reads the configuration, checks the database's schema, pings Redis, and logs in to every host of every"
                    + " file server with the"
                    + " gate's key, accepting only the host's pinned key. Changes nothing.",
        },
        exitCodeList = {
            "0:No issues.",
            "1:Issues found: see the rows.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            ExitStatus.TRY_AGAIN_HELP,
            ExitStatus.CONFIG_HELP
        })
final class DoctorCommand implements Callable<Integer> {
    private static final Table<Check> CHECKS = Table.<Check>rows()
            .column("check", Check::part)
            .column("ok", Check::ok)
            .column("issue", Check::issue);

    /** @param issue empty if there is none */
    private record Check(String part, String issue) {
        boolean ok() {
            return issue.isEmpty();
        }
    }

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @Override
    public Integer call() throws Exception {
        var config = gerve.config();
        List<Check> checks = new ArrayList<>();
        checks.add(new Check("configuration", ""));
        var schema = new Check("database", schemaIssue(new Migrations(config.database())));
        checks.add(schema);
        try (var site = gerve.open()) {
            checks.add(new Check(
                    "redis",
                    site.isRedisAnswering()
                            ? ""
                            : "does not answer at " + config.redis() + ". Start Redis, or correct redis.url."));
            if (schema.ok()) {
                checkHosts(site, checks);
            }
        }
        gerve.print(CHECKS, checks);
        return checks.stream().allMatch(Check::ok) ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    private static String schemaIssue(Migrations migrations) {
        try {
            return migrations.pending().map(why -> why + " Run: gerve migrate").orElse("");
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void checkHosts(SiteConnection site, List<Check> checks) throws LookupUnavailable {
        var servers = site.routes().servers();
        if (servers.isEmpty()) {
            checks.add(new Check("file servers", "No file server is registered. See: gerve server create --help"));
        }
        for (FileServer server : servers) {
            for (var host : server.hosts()) {
                checks.add(new Check("host " + server.name() + "/" + host.name(), site.issueOf(host)));
            }
        }
    }
}
