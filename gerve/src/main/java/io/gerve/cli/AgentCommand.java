package io.gerve.cli;

import io.gerve.agent.Agent;
import io.gerve.bridge.FileServerPool;
import io.gerve.config.GerveConfig;
import io.gerve.config.InvalidConfig;
import io.gerve.config.Logging;
import io.gerve.program.OldSchema;
import io.gerve.program.StopSignal;
import io.gerve.registry.Refused;
import io.gerve.session.RequestDecider;
import io.gerve.site.OpenSite;
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
    public Integer call() throws InvalidConfig, Refused, InterruptedException {
        GerveConfig settings = gerve.config();
        Logging.start(settings.log());
        refuseOtherSchema(settings);
        try (var stop = new StopSignal();
                var site = new OpenSite(settings, InstantSource.system());
                var fileServers = new FileServerPool(settings.bridge().keepingReady(SESSIONS_PER_HOST))) {
            var decider =
                    new RequestDecider(site.admission(), fileServers::answers, site.ownAnswers(), site.bookkeeping());
            try (var _ = new Agent(settings.agent(), settings.bridge(), site.keys(), decider)) {
                LOG.atInfo().addKeyValue("socket", settings.agent().socket()).log("listening");
                stop.await();
                LOG.info("stopping");
            }
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
        return ExitStatus.DONE;
    }

    private static void refuseOtherSchema(GerveConfig settings) throws Refused {
        try {
            OldSchema.refuse(settings.database());
        } catch (OldSchema e) {
            throw new Refused(e.getMessage() + " Run: gerve migrate");
        }
    }
}
