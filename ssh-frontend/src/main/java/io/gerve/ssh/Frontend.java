package io.gerve.ssh;

import io.gerve.config.FrontendSettings;
import io.gerve.config.GerveConfig;
import io.gerve.config.InvalidConfig;
import io.gerve.fileserver.FileServerPool;
import io.gerve.logging.Logging;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.program.SchemaMismatch;
import io.gerve.program.StopSignal;
import io.gerve.routing.FileServer;
import io.gerve.routing.RouteService;
import io.gerve.session.GitSession;
import io.gerve.session.LiveSessions;
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

/** The {@code gerve-frontend} program: the SSH door of a site. */
@Command(
        name = "gerve-frontend",
        header = "Lets git clients in over SSH, and joins them to the file servers of their repositories.",
        description = {
            "",
            "Runs until it gets SIGTERM. Then it takes no more connections, lets running git commands end for up to frontend.drain_timeout,"
                    + " tells the rest to try again, and exits. A second signal does not hurry it; SIGKILL does.",
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
                var site = new GateComponents(settings, InstantSource.system());
                var fileServers = new FileServerPool(settings.fileServers())) {
            FrontendSettings.Limits limits = settings.frontend().limits();
            var sessions = new GitSession(
                    site.authorizer(),
                    fileServers,
                    new SessionSlots(sessionsMax(limits.sessionsMax()), limits.sessionsPerAccountMax()),
                    new LiveSessions(site.invalidations(), site.authorizer()),
                    site.selfServiceAnswers(),
                    site.requestRecorder());
            openAhead(fileServers, site.routes());
            try (var refusedLogins = site.refusedLogins();
                    var listener =
                            new SshListener(settings.frontend(), site.keys(), sessions, refusedLogins::refused)) {
                LOG.atInfo().addKeyValue("port", listener.port()).log("listening");
                stop.await();
                LOG.atInfo().addKeyValue("connections", listener.connections()).log("stopping");
                listener.drain(settings.frontend().timeouts().drainTimeout());
            }
            LOG.info("stopped");
        }
        return CommandLine.ExitCode.OK;
    }

    /** A gate that runs out of memory ends with all its sessions; one that turns some away does not. */
    private static int sessionsMax(int configured) {
        int fitting = SessionSlots.fitting(Runtime.getRuntime().maxMemory());
        if (fitting < configured) {
            LOG.warn(
                    "frontend.sessions_max is {}, but this heap holds {} sessions, and that many are served;"
                            + " GERVE_FRONTEND_HEAP sets its size",
                    configured,
                    fitting);
        }
        return Math.min(configured, fitting);
    }

    /**
     * So that the first clients need not wait for a login at their file server, nor be asked to try again because the database is asked for the
     * first time.
     */
    private static void openAhead(FileServerPool fileServers, RouteService routes) {
        try {
            for (FileServer server : routes.servers()) {
                fileServers.prepare(server.hosts());
            }
        } catch (LookupUnavailable e) {
            LOG.warn("file servers are not known yet, so nothing is opened ahead", e);
        }
    }

    private static int explain(Exception failure, CommandLine line, CommandLine.ParseResult arguments) {
        switch (failure) {
            case InvalidConfig _,
                    SchemaMismatch _,
                    IOException _,
                    IllegalArgumentException _,
                    IllegalStateException _ -> line.getErr().println("gerve-frontend: " + failure.getMessage());
            default -> LOG.error("cannot start", failure);
        }
        return 1;
    }
}
