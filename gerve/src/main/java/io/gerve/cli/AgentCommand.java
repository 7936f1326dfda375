package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.agent.AgentServer;
import io.gerve.config.GerveConfig;
import io.gerve.config.InvalidConfig;
import io.gerve.fileserver.FileServerPool;
import io.gerve.logging.Logging;
import io.gerve.program.SchemaMismatch;
import io.gerve.program.StopSignal;
import io.gerve.session.DelegatedRequests;
import io.gerve.site.GateComponents;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code gerve agent}: the gate behind stock OpenSSH. */
@Command(
        name = "agent",
        header = "Answer sshd's questions about keys and commands, until stopped.",
        description = {
            "",
            "For a site whose SSH door is stock OpenSSH. sshd runs gerve-keys to learn which keys to let in, and gerve-shell in place of"
                    + " what the client asks for; both ask this agent over the Unix socket agent.socket. It ends at SIGTERM.",
        })
final class AgentCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(AgentCommand.class);
    /** Enough to know that a host is there; the git commands themselves go by ssh's own connections. */
    private static final int SESSIONS_PER_HOST = 1;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @Override
    public Integer call() throws InvalidConfig, ChangeRefused, InterruptedException {
        GerveConfig settings = gerve.config();
        Logging.start(settings.log());
        refuseOtherSchema(settings);
        try (var stop = new StopSignal();
                var site = new GateComponents(settings, InstantSource.system());
                var fileServers = new FileServerPool(settings.fileServers().withMinIdle(SESSIONS_PER_HOST))) {
            var decider = new DelegatedRequests(
                    site.authorizer(), fileServers::isAnswering, site.selfServiceAnswers(), site.requestRecorder());
            try (var _ = new AgentServer(settings.agent(), settings.fileServers(), site.keys(), decider)) {
                LOG.atInfo().addKeyValue("socket", settings.agent().socket()).log("listening");
                stop.await();
                LOG.info("stopping");
            }
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new ChangeRefused(String.valueOf(e.getMessage()));
        }
        return ExitStatus.DONE;
    }

    private static void refuseOtherSchema(GerveConfig settings) throws ChangeRefused {
        try {
            SchemaMismatch.requireCurrent(settings.database());
        } catch (SchemaMismatch e) {
            throw new ChangeRefused(e.getMessage() + " Run: gerve migrate");
        }
    }
}
