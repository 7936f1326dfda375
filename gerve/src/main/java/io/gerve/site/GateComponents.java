package io.gerve.site;

import io.gerve.access.AccessGate;
import io.gerve.access.CachedGrants;
import io.gerve.access.MysqlGrants;
import io.gerve.accesslog.AccessLogWriter;
import io.gerve.config.CacheSettings;
import io.gerve.config.GerveConfig;
import io.gerve.explain.AccessLogSelfService;
import io.gerve.invalidation.RedisInvalidationBus;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.CompromisedKeyDirectory;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.LastUsedRecorder;
import io.gerve.keylookup.directory.MysqlLastUsedStore;
import io.gerve.lfs.LfsServer;
import io.gerve.login.RefusedLoginRecorder;
import io.gerve.lookup.BoundedLookupSource;
import io.gerve.metrics.DependencyProbe;
import io.gerve.metrics.Readiness;
import io.gerve.program.RequestIdGenerator;
import io.gerve.request.RefusedRequestLimiter;
import io.gerve.request.RequestAuthorizer;
import io.gerve.request.RequestMetrics;
import io.gerve.request.RequestRecorder;
import io.gerve.request.RequestTraces;
import io.gerve.request.SelfServiceAnswers;
import io.gerve.routing.CachedRouteResolver;
import io.gerve.routing.MysqlRouteResolver;
import io.gerve.routing.RedisRouteResolver;
import io.gerve.routing.RedisRouteStore;
import io.gerve.routing.RouteService;
import io.gerve.session.LiveSessions;
import io.gerve.sql.Database;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Components that the frontends of a site share: keys, access gate, routes and access log, on one database and one
 * Redis. A frontend adds how requests arrive and how they reach a file server. Safe for use by many threads.
 */
public final class GateComponents implements AutoCloseable {
    private static final Actor FRONTEND = new Actor("gerve", "frontend");
    private static final Duration LAST_USE_INTERVAL = Duration.ofSeconds(10);
    private static final Duration RECHECK_LEAST = Duration.ofSeconds(1);

    private final GerveConfig config;
    private final InstantSource clock;
    private final MeterRegistry registry;
    private final Database database;
    private final AccessLogWriter accessLog;
    private final RequestIdGenerator ids;
    private final RefusedRequestLimiter refusedRequests;
    private final RedisInvalidationBus invalidations;
    private final RedisRouteStore redis;
    private final LastUsedRecorder lastUse;
    private final KeyDirectory keys;
    private final RequestAuthorizer authorizer;
    private final Readiness readiness;
    private final RequestMetrics requestMetrics;
    private final RequestTraces requestTraces;

    /**
     * Opens the components.
     *
     * @throws IOException if the spool of the access log is not writable; nothing is left open then
     */
    public GateComponents(GerveConfig config, InstantSource clock, MeterRegistry registry) throws IOException {
        this.config = config;
        this.clock = clock;
        this.registry = registry;
        this.database = new Database(config.database());
        this.accessLog = openAccessLog(config, database);
        this.ids = new RequestIdGenerator(clock, new SecureRandom());
        this.refusedRequests = new RefusedRequestLimiter(config.audit().refusedRequestsPerKeyMax(), accessLog, ids);
        this.invalidations = new RedisInvalidationBus(config.redis());
        this.redis = new RedisRouteStore(config.redis());
        this.lastUse = new LastUsedRecorder(new MysqlLastUsedStore(database), clock, LAST_USE_INTERVAL);
        this.keys = CompromisedKeyDirectory.ofSite(config, database, invalidations, registry);
        var grants = new CachedGrants(config.cache(), new MysqlGrants(database::sql), invalidations, System::nanoTime);
        var databaseRoutes = new MysqlRouteResolver(database);
        var uncachedRoutes = new RedisRouteResolver(redis, databaseRoutes, invalidations, config.cache());
        var readRoutes = new CachedRouteResolver(uncachedRoutes, invalidations, config.cache());
        var writeRoutes = new BoundedLookupSource<>(config.cache(), databaseRoutes::routeTo);
        this.authorizer = new RequestAuthorizer(
                keys,
                new AccessGate(grants, clock),
                readRoutes,
                writeRoutes::find,
                config.lfs().map(lfs -> new LfsServer(lfs, clock)));
        this.readiness = new Readiness(
                registry,
                new DependencyProbe("database", database::fault, registry),
                new DependencyProbe("redis", invalidations::fault, registry));
        this.requestMetrics = new RequestMetrics(registry);
        this.requestTraces =
                RequestTraces.of(config.metrics().traces(), config.audit().gate());
        database.bindTo(registry);
        accessLog.bindTo(registry);
        invalidations.bindTo(registry);
        grants.bindTo(registry);
        uncachedRoutes.bindTo(registry);
        readRoutes.bindTo(registry);
        writeRoutes.bindTo(registry, "write_routes");
    }

    private static AccessLogWriter openAccessLog(GerveConfig config, Database database) throws IOException {
        try {
            return AccessLogWriter.open(config.audit(), database);
        } catch (IOException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    public KeyDirectory keys() {
        return keys;
    }

    public RequestAuthorizer authorizer() {
        return authorizer;
    }

    /** Returns a registry of running commands, for one frontend. */
    public LiveSessions liveSessions() {
        return new LiveSessions(invalidations, authorizer, recheckInterval(config.cache()), clock);
    }

    /**
     * Returns the time between two authorizations of a running command: {@code cache.cache_ttl}, at least a second. A
     * revocation that no message announces ends the command after at most this time while Redis is down, since nothing
     * is fresh then, and after at most twice this time otherwise.
     */
    private static Duration recheckInterval(CacheSettings settings) {
        return settings.cacheTtl().compareTo(RECHECK_LEAST) < 0 ? RECHECK_LEAST : settings.cacheTtl();
    }

    /** Returns the readiness of the gate, to which the frontend reports what it does. */
    public Readiness readiness() {
        return readiness;
    }

    /**
     * Starts to report this gate to the database, for {@code gerve doctor}.
     *
     * @param program the program's name, as an operator starts it
     * @param configFile the configuration file that it read
     */
    public GateReporter report(String program, Path configFile) {
        return new GateReporter(
                new MysqlGateReports(database),
                new GateReporter.Identity(config.audit().gate(), program, configFile),
                GateSettings.of(config),
                clock,
                registry);
    }

    public RouteService routes() {
        return new RouteService(database, redis, invalidations, clock, FRONTEND);
    }

    /** Returns the answers to self-service commands. */
    public SelfServiceAnswers selfServiceAnswers() {
        return AccessLogSelfService.ofSite(config.audit(), database, authorizer);
    }

    /** Returns the recorder of requests. */
    public RequestRecorder requestRecorder() {
        return new RequestRecorder(
                lastUse::keyUsed,
                refusedRequests,
                ids,
                System::nanoTime,
                config.audit().runningRecordAfter(),
                requestMetrics,
                requestTraces);
    }

    /** Returns a recorder of refused logins. The caller must close it before it closes this object. */
    public RefusedLoginRecorder refusedLogins() {
        return new RefusedLoginRecorder(config.audit().refusedLogins(), accessLog, ids);
    }

    /**
     * Writes pending records, for some seconds at most, and closes the database and Redis connections. May be called
     * twice.
     */
    @Override
    public void close() {
        try (database;
                accessLog;
                invalidations;
                redis;
                lastUse;
                refusedRequests;
                readiness;
                requestTraces) {
            // Closes in reverse order; a failure does not keep the others open.
        }
    }
}
