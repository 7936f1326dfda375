package io.gerve.site;

import io.gerve.access.AccessGate;
import io.gerve.access.CachedGrants;
import io.gerve.access.MysqlGrants;
import io.gerve.audit.log.AccessLog;
import io.gerve.audit.log.AnswersFromLog;
import io.gerve.chimney.CachedChimney;
import io.gerve.chimney.MysqlChimney;
import io.gerve.chimney.RedisChimney;
import io.gerve.chimney.RedisRoutes;
import io.gerve.chimney.RouteTable;
import io.gerve.config.GerveConfig;
import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.key.BarringKeyDirectory;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.keylookup.key.LastUse;
import io.gerve.keylookup.key.MysqlLastUse;
import io.gerve.lookup.Changes;
import io.gerve.lookup.RedisChanges;
import io.gerve.program.RequestIds;
import io.gerve.session.Admission;
import io.gerve.session.Bookkeeping;
import io.gerve.session.OwnAnswers;
import io.gerve.session.RefusedLogins;
import io.gerve.sql.Database;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What both doors of a site decide by and write into: the keys, the gate, the routes, the access log, on one database and one Redis. A
 * door adds how requests come in and how they reach a file server. Safe for use by many threads.
 */
public final class OpenSite implements AutoCloseable {
    private static final Actor DOOR = new Actor("gerve", "door");
    private static final Duration LAST_USE_INTERVAL = Duration.ofSeconds(10);

    private final GerveConfig config;
    private final InstantSource clock;
    private final Database database;
    private final AccessLog journal;
    private final RequestIds ids;
    private final RedisChanges changes;
    private final RedisRoutes redis;
    private final LastUse lastUse;
    private final KeyDirectory keys;
    private final Admission admission;

    /** @throws IOException if the access log's spool cannot be written; then nothing is left open */
    public OpenSite(GerveConfig config, InstantSource clock) throws IOException {
        this.config = config;
        this.clock = clock;
        this.database = new Database(config.database());
        this.journal = openJournal(config, database);
        this.ids = new RequestIds(clock, new SecureRandom());
        this.changes = new RedisChanges(config.redis());
        this.redis = new RedisRoutes(config.redis());
        this.lastUse = new LastUse(new MysqlLastUse(database), clock, LAST_USE_INTERVAL);
        this.keys = BarringKeyDirectory.ofSite(config, database, changes, clock);
        var grants = new CachedGrants(config.lookup(), new MysqlGrants(database::sql), changes, System::nanoTime);
        var chimney = new CachedChimney(
                new RedisChimney(redis, new MysqlChimney(database), changes), changes, config.lookup());
        this.admission = new Admission(keys, new AccessGate(grants, clock), chimney);
    }

    private static AccessLog openJournal(GerveConfig config, Database database) throws IOException {
        try {
            return AccessLog.open(config.audit(), database);
        } catch (IOException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    public KeyDirectory keys() {
        return keys;
    }

    public Admission admission() {
        return admission;
    }

    /** The caches behind {@link #admission} listen to them already. */
    public Changes changes() {
        return changes;
    }

    public RouteTable routes() {
        return new RouteTable(database, redis, changes, clock, DOOR);
    }

    /** What people are told of their own requests. */
    public OwnAnswers ownAnswers() {
        return AnswersFromLog.ofSite(config.audit(), database, admission);
    }

    /** Where it is written down what became of each request. */
    public Bookkeeping bookkeeping() {
        return new Bookkeeping(lastUse::used, journal, ids, System::nanoTime);
    }

    /** Where it is written down who was not let in. Whoever asks closes it, before this. */
    public RefusedLogins refusedLogins() {
        return new RefusedLogins(config.audit().refusedLogins(), journal, ids);
    }

    /** Writes what still waits to be written, for some seconds at most, and lets go of the database and Redis. May be called twice. */
    @Override
    public void close() {
        try (database;
                journal;
                changes;
                redis;
                lastUse) {
            // In the reverse order, each whatever becomes of the others.
        }
    }
}
