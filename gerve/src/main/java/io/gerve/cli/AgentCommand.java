package io.gerve.cli;

import io.gerve.access.AccessGate;
import io.gerve.access.CachedGrants;
import io.gerve.access.MysqlGrants;
import io.gerve.agent.Agent;
import io.gerve.audit.log.AccessLog;
import io.gerve.audit.log.AnswersFromLog;
import io.gerve.bridge.FileServerPool;
import io.gerve.chimney.CachedChimney;
import io.gerve.chimney.MysqlChimney;
import io.gerve.chimney.RedisChimney;
import io.gerve.chimney.RedisRoutes;
import io.gerve.config.GerveConfig;
import io.gerve.config.InvalidConfig;
import io.gerve.config.Logging;
import io.gerve.keylookup.key.BarringKeyDirectory;
import io.gerve.keylookup.key.LastUse;
import io.gerve.keylookup.key.MysqlLastUse;
import io.gerve.lookup.RedisChanges;
import io.gerve.program.OldSchema;
import io.gerve.program.RequestIds;
import io.gerve.program.StopSignal;
import io.gerve.registry.Refused;
import io.gerve.session.Admission;
import io.gerve.session.Bookkeeping;
import io.gerve.session.RequestDecider;
import io.gerve.sql.Database;
import java.io.IOException;
import java.security.SecureRandom;
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
        header = "Answer sshd's questions about keys and commands, until stopped.",
        description = {
            "",
            "For a site whose SSH door is stock OpenSSH. sshd runs gerve-keys to learn which keys to let in, and gerve-shell in place of"
                    + " what the client asks for; both ask this agent over the Unix socket agent.socket. It ends at SIGTERM.",
        })
final class AgentCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(AgentCommand.class);
    private static final Duration LAST_USE_INTERVAL = Duration.ofSeconds(10);
    /** Enough to know that a host is there; the git commands themselves go by ssh's own connections. */
    private static final int SESSIONS_PER_HOST = 1;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Gerve gerve;

    @Override
    public Integer call() throws InvalidConfig, Refused, InterruptedException {
        GerveConfig site = gerve.config();
        Logging.start(site.log());
        refuseOtherSchema(site);
        InstantSource clock = InstantSource.system();
        try (var stop = new StopSignal();
                var database = new Database(site.database());
                var changes = new RedisChanges(site.redis());
                var redis = new RedisRoutes(site.redis());
                var lastUse = new LastUse(new MysqlLastUse(database), clock, LAST_USE_INTERVAL);
                var journal = AccessLog.open(site.audit(), database);
                var fileServers = new FileServerPool(site.bridge().keepingReady(SESSIONS_PER_HOST))) {
            var keys = BarringKeyDirectory.ofSite(site, database, changes, clock);
            var grants = new CachedGrants(site.lookup(), new MysqlGrants(database::sql), changes, System::nanoTime);
            var chimney = new CachedChimney(
                    new RedisChimney(redis, new MysqlChimney(database), changes), changes, site.lookup());
            var admission = new Admission(keys, new AccessGate(grants, clock), chimney);
            var decider = new RequestDecider(
                    admission,
                    fileServers::answers,
                    AnswersFromLog.ofSite(site.audit(), database, admission),
                    new Bookkeeping(
                            lastUse::used, journal, new RequestIds(clock, new SecureRandom()), System::nanoTime));
            try (var _ = new Agent(site.agent(), site.bridge(), keys, decider)) {
                LOG.atInfo().addKeyValue("socket", site.agent().socket()).log("listening");
                stop.await();
                LOG.info("stopping");
            }
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
        return ExitStatus.DONE;
    }

    private static void refuseOtherSchema(GerveConfig site) throws Refused {
        try {
            OldSchema.refuse(site.database());
        } catch (OldSchema e) {
            throw new Refused(e.getMessage() + " Run: gerve migrate");
        }
    }
}
