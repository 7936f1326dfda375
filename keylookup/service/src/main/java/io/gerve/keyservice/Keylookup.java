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
import io.gerve.metrics.DependencyProbe;
import io.gerve.metrics.MetricsServer;
import io.gerve.metrics.ProgramMetrics;
import io.gerve.metrics.Readiness;
import io.gerve.program.ExitStatus;
import io.gerve.program.ProgramVersion;
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

/** The {@code gerve-keylookup} program: a web server with the settings page and the REST API for SSH keys. */
@Command(
        name = "gerve-keylookup",
        header = "Serves the settings page and the REST API for SSH keys.",
        description = {
            "",
            "People manage their keys at /settings. Programs use GitHub's REST API for keys under /api/v3, which"
                    + " /api/v3/openapi.json describes. Both need an access token: see gerve token. Any number of"
                    + " instances can run side by side. On SIGTERM the program stops accepting requests and gives"
                    + " running ones keylookup.drain_timeout to finish.",
            ""
        },
        versionProvider = ProgramVersion.class,
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:Stopped by SIGTERM.",
            "1:Could not start. Standard error says why.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            ExitStatus.CONFIG_HELP
        })
public final class Keylookup implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Keylookup.class);

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration file.")
    private Path config = GerveConfig.DEFAULT_FILE;

    private Keylookup() {}

    public static void main(String[] args) {
        int status = new CommandLine(new Keylookup())
                .setExecutionExceptionHandler(Keylookup::reportFailure)
                .execute(args);
        System.exit(status);
    }

    @Override
    public Integer call() throws InvalidConfig, InterruptedException, SchemaMismatch {
        GerveConfig site = GerveConfig.load(config);
        Logging.start(site.log());
        SchemaMismatch.requireCurrent(site.database());
        InstantSource clock = InstantSource.system();
        var random = new SecureRandom();
        var policySettings = site.keylookup().policy();
        var policy =
                new KeyPolicy(policySettings, new CompromisedKeys(policySettings.compromisedKeys(), System::nanoTime));
        try (var stop = new StopSignal();
                var metrics = new ProgramMetrics();
                var database = new Database(site.database());
                var invalidations = new RedisInvalidationBus(site.redis());
                var readiness = new Readiness(
                        metrics.registry(),
                        new DependencyProbe("database", database::fault, metrics.registry()),
                        new DependencyProbe("redis", invalidations::fault, metrics.registry()));
                var _ = new MetricsServer(site.metrics().keylookup(), metrics, readiness)) {
            database.bindTo(metrics.registry());
            var stores = new RestApi.Stores(
                    database,
                    invalidations,
                    new MysqlKeyStore(database, invalidations, clock),
                    new MysqlTokenStore(database, clock, random));
            try (var api = new KeylookupServer(
                    site.keylookup(),
                    stores,
                    policy,
                    new RequestIdGenerator(clock, random),
                    clock,
                    random,
                    new KeylookupServer.Monitoring(metrics.registry(), readiness))) {
                LOG.atInfo().addKeyValue("port", api.port()).log("key service listening");
                readiness.serving();
                stop.await();
                readiness.draining();
                LOG.info("key service stopping");
            }
            LOG.info("key service stopped");
        }
        return ExitStatus.DONE;
    }

    private static int reportFailure(Exception failure, CommandLine line, CommandLine.ParseResult arguments) {
        switch (failure) {
            case InvalidConfig _, SchemaMismatch _, IllegalArgumentException _, IllegalStateException _ ->
                line.getErr().println("gerve-keylookup: " + failure.getMessage());
            default -> LOG.error("key service cannot start", failure);
        }
        return failure instanceof InvalidConfig || failure instanceof IllegalArgumentException
                ? ExitStatus.CONFIG
                : ExitStatus.REFUSED;
    }
}
