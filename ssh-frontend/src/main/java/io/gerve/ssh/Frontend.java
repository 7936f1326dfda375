package io.gerve.ssh;

import io.gerve.config.FrontendSettings;
import io.gerve.config.GerveConfig;
import io.gerve.config.InvalidConfig;
import io.gerve.fileserver.FileServerPool;
import io.gerve.logging.Logging;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.metrics.MetricsServer;
import io.gerve.metrics.ProgramMetrics;
import io.gerve.program.ExitStatus;
import io.gerve.program.ProgramVersion;
import io.gerve.program.SchemaMismatch;
import io.gerve.program.StopSignal;
import io.gerve.routing.FileServer;
import io.gerve.routing.RouteService;
import io.gerve.session.GitSession;
import io.gerve.session.SessionSlots;
import io.gerve.site.GateComponents;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code gerve-frontend} program, the SSH frontend of a site. */
@Command(
        name = "gerve-frontend",
        header = "Accepts git clients over SSH and connects them to the file servers of their repositories.",
        description = {
            "",
            "Runs until it receives SIGTERM. Then it stops accepting connections, waits up to frontend.drain_timeout"
                    + " for running git commands to finish, tells the remaining clients to try again, and exits."
                    + " A second SIGTERM has no effect; SIGKILL ends the program at once.",
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
public final class Frontend implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(Frontend.class);

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The site's configuration.")
    private Path config = GerveConfig.DEFAULT_FILE;

    private Frontend() {}

    public static void main(String[] args) {
        int status = new CommandLine(new Frontend())
                .setExecutionExceptionHandler(Frontend::explain)
                .execute(args);
        System.exit(status);
    }

    @Override
    public Integer call() throws InvalidConfig, IOException, InterruptedException, SchemaMismatch {
        GerveConfig settings = GerveConfig.load(config);
        Logging.start(settings.log());
        SchemaMismatch.requireCurrent(settings.database());
        try (var stop = new StopSignal();
                var metrics = new ProgramMetrics();
                var site = new GateComponents(settings, InstantSource.system(), metrics.registry());
                var _ = new MetricsServer(settings.metrics().frontend(), metrics, site.readiness());
                var fileServers = new FileServerPool(settings.fileServers(), metrics.registry())) {
            FrontendSettings frontend = fittingTheHeap(settings.frontend());
            FrontendSettings.Limits limits = frontend.limits();
            var slots = new SessionSlots(limits.sessionsMax(), limits.sessionsPerAccountMax());
            slots.bindTo(metrics.registry());
            var sessions = new GitSession(
                    site.authorizer(),
                    fileServers,
                    slots,
                    site.liveSessions(),
                    site.selfServiceAnswers(),
                    site.requestRecorder());
            prepareSessions(fileServers, site.routes());
            try (var refusedLogins = site.refusedLogins();
                    var listener = new SshListener(
                            frontend, site.keys(), sessions, refusedLogins::refused, metrics.registry())) {
                LOG.atInfo().addKeyValue("port", listener.port()).log("Listening for SSH connections");
                site.readiness().serving();
                try (var _ = site.report("gerve-frontend", config)) {
                    stop.await();
                }
                site.readiness().draining();
                LOG.atInfo().addKeyValue("connections", listener.connections()).log("Draining connections");
                listener.drain(frontend.timeouts().drainTimeout());
            }
            LOG.info("Stopped");
        }
        return ExitStatus.DONE;
    }

    private static FrontendSettings fittingTheHeap(FrontendSettings settings) {
        return new FrontendSettings(
                settings.listen(),
                settings.hostKeys(),
                settings.trustedProxies(),
                settings.algorithms(),
                settings.hidesRegisteredKeys(),
                HeapBudget.ofThisProgram().fit(settings.limits()),
                settings.timeouts());
    }

    /**
     * Opens idle sessions to the file servers, so that the first clients do not wait for a login there, and makes the
     * first database query before a client depends on it.
     */
    private static void prepareSessions(FileServerPool fileServers, RouteService routes) {
        try {
            for (FileServer server : routes.servers()) {
                fileServers.prepare(server.hosts());
            }
        } catch (LookupUnavailable e) {
            LOG.warn("Cannot look up the file servers, so no sessions to them are opened at startup", e);
        }
    }

    private static int explain(Exception failure, CommandLine line, CommandLine.ParseResult arguments) {
        switch (failure) {
            case InvalidConfig _,
                    SchemaMismatch _,
                    IOException _,
                    IllegalArgumentException _,
                    IllegalStateException _ -> line.getErr().println("gerve-frontend: " + failure.getMessage());
            default -> LOG.error("Cannot start", failure);
        }
        return failure instanceof InvalidConfig || failure instanceof IllegalArgumentException
                ? ExitStatus.CONFIG
                : ExitStatus.REFUSED;
    }
}
