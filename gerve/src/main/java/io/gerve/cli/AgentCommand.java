package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.agent.AgentMetrics;
import io.gerve.agent.AgentServer;
import io.gerve.config.CacheSettings;
import io.gerve.config.FrontendSettings;
import io.gerve.config.GerveConfig;
import io.gerve.config.InvalidConfig;
import io.gerve.fileserver.FileServerPool;
import io.gerve.logging.Logging;
import io.gerve.metrics.MetricsServer;
import io.gerve.metrics.ProgramMetrics;
import io.gerve.program.ExitStatus;
import io.gerve.program.SchemaMismatch;
import io.gerve.program.StopSignal;
import io.gerve.session.DelegatedRequests;
import io.gerve.session.SessionSlots;
import io.gerve.site.GateComponents;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code gerve agent}: the gate behind stock OpenSSH. */
@Command(
        name = "agent",
        header = "Run the gate behind stock OpenSSH.",
        description = {
            "",
            "For a site whose SSH frontend is stock OpenSSH. sshd runs gerve-keys to look up a key, and gerve-shell"
                    + " instead of the command"
                    + " that the client requests. Both ask this agent over the Unix socket agent.socket. The agent"
                    + " runs until it"
                    + " receives SIGTERM.",
        },
        exitCodeList = {
            "0:Stopped by SIGTERM.",
            "1:Could not start. Standard error says why.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            ExitStatus.CONFIG_HELP
        })
final class AgentCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(AgentCommand.class);
    /** One session tells whether a host answers. The git commands use ssh's own connections. */
    private static final int SESSIONS_PER_HOST = 1;

    private static final Duration SILENCE_LEAST = Duration.ofSeconds(3);

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @Override
    public Integer call() throws InvalidConfig, ChangeRefused, InterruptedException {
        GerveConfig settings = gerve.config();
        Logging.start(settings.log());
        requireCurrentSchema(settings);
        try (var stop = new StopSignal();
                var metrics = new ProgramMetrics();
                var site = new GateComponents(settings, InstantSource.system(), metrics.registry());
                var _ = new MetricsServer(settings.metrics().agent(), metrics, site.readiness());
                var fileServers =
                        new FileServerPool(settings.fileServers().withMinIdle(SESSIONS_PER_HOST), metrics.registry())) {
            FrontendSettings.Limits limits = settings.frontend().limits();
            var slots = new SessionSlots(limits.sessionsMax(), limits.sessionsPerAccountMax());
            slots.bindTo(metrics.registry());
            var requests = new DelegatedRequests(
                    site.authorizer(),
                    fileServers::isAnswering,
                    fileServers,
                    slots,
                    site.liveSessions(),
                    site.selfServiceAnswers(),
                    site.requestRecorder());
            try (var _ = new AgentServer(
                    settings.agent(),
                    settings.fileServers(),
                    site.keys(),
                    requests,
                    silenceMax(settings.cache()),
                    new AgentMetrics(metrics.registry()))) {
                LOG.atInfo().addKeyValue("socket", settings.agent().socket()).log("Agent listening");
                site.readiness().serving();
                try (var _ = site.report("gerve agent", gerve.configFile())) {
                    stop.await();
                }
                site.readiness().draining();
                LOG.info("Agent stopping");
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidConfig(String.valueOf(e.getMessage()));
        } catch (IOException | IllegalStateException e) {
            throw new ChangeRefused(String.valueOf(e.getMessage()));
        }
        return ExitStatus.DONE;
    }

    /** Returns how long a command runs without the agent: {@code cache.max_stale}, at least {@link #SILENCE_LEAST}. */
    private static Duration silenceMax(CacheSettings settings) {
        return settings.maxStale().compareTo(SILENCE_LEAST) < 0 ? SILENCE_LEAST : settings.maxStale();
    }

    private static void requireCurrentSchema(GerveConfig settings) throws ChangeRefused {
        try {
            SchemaMismatch.requireCurrent(settings.database());
        } catch (SchemaMismatch e) {
            throw new ChangeRefused(e.getMessage() + " Run: gerve migrate");
        }
    }
}
