package io.gerve.keyservice;

import io.gerve.config.GerveConfig;
import io.gerve.config.InvalidConfig;
import io.gerve.invalidation.RedisInvalidationBus;
import io.gerve.keylookup.policy.CompromisedKeys;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.token.MysqlTokenStore;
import io.gerve.keyservice.api.RestApi;
import io.gerve.logging.Logging;
import io.gerve.program.RequestIdGenerator;
import io.gerve.program.SchemaMismatch;
import io.gerve.program.StopSignal;
import io.gerve.sql.Database;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code gerve-keylookup} program: the service through which people and programs manage keys. */
@Command(
        name = "gerve-keylookup",
        header = "Serves the settings page on which people, and the REST API by which programs, manage SSH keys.",
        description = {
            "",
            "The page is /settings. The API is GitHub's for keys, under /api/v3; /api/v3/openapi.json describes it. gerve token makes the"
                    + " tokens for both. Any number of them may run side by side. Runs until it gets SIGTERM; requests under way may end within"
                    + " keylookup.drain.",
            ""
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:Told to stop, and stopped.",
            "1:Could not start, and says why.",
            "2:Called wrongly.",
        })
public final class Keylookup implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Keylookup.class);

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The site's configuration.")
    private Path config = GerveConfig.DEFAULT_FILE;

    private Keylookup() {}

    public static void main(String[] args) {
        int status = new CommandLine(new Keylookup())
                .setExecutionExceptionHandler(Keylookup::explain)
                .execute(args);
        System.exit(status);
    }

    @Override
    public Integer call() throws InvalidConfig, InterruptedException, SchemaMismatch {
        GerveConfig site = GerveConfig.load(config);
        Logging.start(site.log());
        SchemaMismatch.requireCurrent(site.database());
        InstantSource clock = InstantSource.system();
        var chance = new SecureRandom();
        var policySettings = site.keylookup().policy();
        var policy =
                new KeyPolicy(policySettings, new CompromisedKeys(policySettings.compromisedKeys(), System::nanoTime));
        try (var stop = new StopSignal();
                var database = new Database(site.database());
                var changes = new RedisInvalidationBus(site.redis())) {
            var stores = new RestApi.Stores(
                    database,
                    changes,
                    new MysqlKeyStore(database, changes, clock),
                    new MysqlTokenStore(database, clock, chance));
            try (var api = new KeylookupServer(
                    site.keylookup(), stores, policy, new RequestIdGenerator(clock, chance), clock, chance)) {
                LOG.atInfo().addKeyValue("port", api.port()).log("listening");
                stop.await();
                LOG.info("stopping");
            }
            LOG.info("stopped");
        }
        return CommandLine.ExitCode.OK;
    }

    private static int explain(Exception failure, CommandLine line, CommandLine.ParseResult arguments) {
        switch (failure) {
            case InvalidConfig _, SchemaMismatch _, IllegalArgumentException _, IllegalStateException _ ->
                line.getErr().println("gerve-keylookup: " + failure.getMessage());
            default -> LOG.error("cannot start", failure);
        }
        return 1;
    }
}
