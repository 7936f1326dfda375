package io.gerve.cli;

import io.gerve.access.AccessGate;
import io.gerve.access.MysqlGrants;
import io.gerve.accesslog.MysqlAccessLogReader;
import io.gerve.admin.AuditedTransaction;
import io.gerve.admin.MysqlAccountStore;
import io.gerve.admin.MysqlCollaboratorStore;
import io.gerve.admin.MysqlOrganizationStore;
import io.gerve.admin.MysqlRepositoryStore;
import io.gerve.admin.MysqlSiteStore;
import io.gerve.admin.MysqlTeamStore;
import io.gerve.admin.RepositoryService;
import io.gerve.audit.KeyAuditEntry;
import io.gerve.audit.KeyCursor;
import io.gerve.audit.MysqlAccessAudit;
import io.gerve.audit.MysqlAccessDiff;
import io.gerve.audit.MysqlChangeHistory;
import io.gerve.audit.MysqlKeyAudit;
import io.gerve.audit.MysqlRouteAudit;
import io.gerve.audit.access.MysqlSnapshotGrants;
import io.gerve.audit.access.Results;
import io.gerve.audit.snapshot.MysqlSnapshotKeyDirectory;
import io.gerve.cli.fileserver.LazyFileServers;
import io.gerve.cli.key.KeyPolicyCheck;
import io.gerve.config.FileServerSettings;
import io.gerve.config.GerveConfig;
import io.gerve.config.InvalidConfig;
import io.gerve.config.KeyPolicySettings;
import io.gerve.config.LfsSettings;
import io.gerve.doctor.MysqlServerList;
import io.gerve.doctor.ServerChecks;
import io.gerve.explain.Explainer;
import io.gerve.explain.PastRequestExplainer;
import io.gerve.fileserver.FileServers;
import io.gerve.folder.RemoteRepositoryFolders;
import io.gerve.folder.RepositoryFolderCommand;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.CompromisedKeyDirectory;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.MysqlKeyDirectory;
import io.gerve.keylookup.policy.CompromisedKeys;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.token.MysqlTokenStore;
import io.gerve.lfs.LfsServer;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.request.RequestAuthorizer;
import io.gerve.routing.MysqlRouteResolver;
import io.gerve.routing.Propagation;
import io.gerve.routing.RedisRouteStore;
import io.gerve.routing.RouteResolver;
import io.gerve.routing.RouteService;
import io.gerve.site.MysqlGateReports;
import io.gerve.sql.Database;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/** Connections of a command to the site that the configuration describes. Each is opened on first use. */
public final class SiteConnection implements AutoCloseable {
    /** A command runs one query at a time. The second connection is for a query during a transaction. */
    private static final int CONNECTIONS_MAX = 2;

    private final Database database;
    private final AuditedTransaction transactions;
    private final GateNotifier notifier;
    private final FileServers servers;
    private final FileServerSettings fileServers;
    private final RedisRouteStore redis;
    private final Actor actor;
    private final KeyPolicySettings policy;
    private final Optional<LfsSettings> lfs;
    private final Consumer<String> warnings;

    /** @param warnings prints what the operator should know although the command succeeds */
    SiteConnection(GerveConfig config, Actor actor, Consumer<String> warnings) {
        this.database = new Database(config.database().withMaximumPoolSize(CONNECTIONS_MAX));
        this.notifier = new GateNotifier(config.redis(), warnings);
        this.transactions = new AuditedTransaction(database, actor, notifier, Clock.systemUTC());
        this.servers = new LazyFileServers(config.fileServers());
        this.fileServers = config.fileServers();
        this.redis = new RedisRouteStore(config.redis());
        this.actor = actor;
        this.policy = config.keylookup().policy();
        this.lfs = config.lfs();
        this.warnings = warnings;
    }

    public MysqlAccountStore accounts() {
        return new MysqlAccountStore(transactions);
    }

    MysqlOrganizationStore organizations() {
        return new MysqlOrganizationStore(transactions);
    }

    MysqlTeamStore teams() {
        return new MysqlTeamStore(transactions);
    }

    MysqlRepositoryStore repositories() {
        return new MysqlRepositoryStore(transactions);
    }

    RepositoryService repositoryService() {
        return new RepositoryService(repositories(), folders());
    }

    MysqlCollaboratorStore collaborators() {
        return new MysqlCollaboratorStore(transactions);
    }

    public MysqlSiteStore siteStore() {
        return new MysqlSiteStore(transactions);
    }

    RouteService routes() {
        return new RouteService(database, redis, notifier, Clock.systemUTC(), actor);
    }

    public KeyAdministration keys() {
        return new KeyAdministration(
                new MysqlKeyStore(database, notifier, Clock.systemUTC()), accounts(), repositories(), actor);
    }

    /** @throws InvalidConfig if a list of compromised keys cannot be read */
    public KeyPolicyCheck checkedKeys() throws InvalidConfig {
        return new KeyPolicyCheck(keys(), new KeyPolicy(policy, compromisedKeys()), warnings);
    }

    /** @throws InvalidConfig if a list of compromised keys cannot be read */
    Explainer explainer() throws InvalidConfig {
        return new Explainer(
                keyDirectory(), new MysqlGrants(database::sql), routeResolver(), Clock.systemUTC(), System::nanoTime);
    }

    /** Returns an explainer of decisions at a past time. Routes are the present ones. */
    Explainer explainer(Instant at) {
        return new Explainer(
                new MysqlSnapshotKeyDirectory(database::sql, at),
                new MysqlSnapshotGrants(database::sql, at),
                routeResolver(),
                InstantSource.fixed(at),
                System::nanoTime);
    }

    /** @throws InvalidConfig if a list of compromised keys cannot be read */
    public MysqlAccessAudit audit() throws InvalidConfig {
        return new MysqlAccessAudit(database::sql, keyDirectory(), Clock.systemUTC());
    }

    public MysqlAccessAudit audit(Instant at) {
        return new MysqlAccessAudit(database::sql, at);
    }

    public MysqlAccessDiff diff(Instant from, Instant to) {
        return new MysqlAccessDiff(database::sql, from, to);
    }

    public MysqlChangeHistory changes() {
        return new MysqlChangeHistory(database::sql);
    }

    public MysqlKeyAudit keyAudit() {
        return new MysqlKeyAudit(database::sql);
    }

    /** @throws InvalidConfig if a list of compromised keys cannot be read */
    public Results<KeyAuditEntry> weakKeys(KeyCursor after) throws InvalidConfig {
        return keyAudit()
                .weak(
                        new MysqlKeyStore(database, notifier, Clock.systemUTC()),
                        new KeyPolicy(policy, compromisedKeys()),
                        after);
    }

    public MysqlRouteAudit routeAudit() {
        return new MysqlRouteAudit(database::sql);
    }

    /** Returns the key directory as the frontends use it, without a cache. */
    private KeyDirectory keyDirectory() throws InvalidConfig {
        var compromised = compromisedKeys();
        return new CompromisedKeyDirectory(
                new MysqlKeyDirectory(database, new KeyPolicy(policy, compromised)), compromised);
    }

    private CompromisedKeys compromisedKeys() throws InvalidConfig {
        try {
            return new CompromisedKeys(policy.compromisedKeys(), System::nanoTime);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfig(String.valueOf(e.getMessage()));
        }
    }

    MysqlTokenStore tokens() {
        return new MysqlTokenStore(database, Clock.systemUTC(), new SecureRandom());
    }

    public MysqlAccessLogReader accessLog() {
        return new MysqlAccessLogReader(database);
    }

    public Database database() {
        return database;
    }

    /**
     * Returns an explainer of recorded requests, which decides with the gate's own code from what the database holds
     * now.
     *
     * @throws InvalidConfig if a list of compromised keys cannot be read
     */
    PastRequestExplainer pastRequests() throws InvalidConfig {
        return new PastRequestExplainer(
                accessLog(),
                new RequestAuthorizer(
                        keyDirectory(),
                        new AccessGate(new MysqlGrants(database::sql), InstantSource.system()),
                        routeResolver(),
                        routeResolver(),
                        lfs.map(settings -> new LfsServer(settings, InstantSource.system()))));
    }

    Actor actor() {
        return actor;
    }

    /** Returns a resolver that reads the database, and neither a cache nor Redis. */
    RouteResolver routeResolver() {
        return new MysqlRouteResolver(database);
    }

    /** @throws LookupUnavailable if the database does not answer */
    ServerChecks serverChecks() throws LookupUnavailable {
        return new ServerChecks(new MysqlServerList(database), fileServers, servers, InstantSource.system());
    }

    MysqlGateReports gateReports() {
        return new MysqlGateReports(database);
    }

    /** Warns the operator on close if a change of a route did not reach Redis and all gates. */
    void warnUnlessPropagated(Propagation propagation) {
        notifier.warnUnlessPropagated(propagation);
    }

    RemoteRepositoryFolders folders() {
        return new RemoteRepositoryFolders(
                routeResolver(), new RepositoryFolderCommand(servers, fileServers.folderTimeout()), warnings);
    }

    /** Closes every connection, and warns if an invalidation was not published. */
    @Override
    public void close() {
        servers.close();
        redis.close();
        notifier.close();
        database.close();
    }
}
