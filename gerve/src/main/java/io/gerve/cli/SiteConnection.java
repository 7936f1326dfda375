package io.gerve.cli;

import io.gerve.access.AccessGate;
import io.gerve.access.MysqlGrants;
import io.gerve.accesslog.MysqlAccessLogReader;
import io.gerve.admin.AuditedTransaction;
import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.admin.MysqlAccountStore;
import io.gerve.admin.MysqlCollaboratorStore;
import io.gerve.admin.MysqlOrganizationStore;
import io.gerve.admin.MysqlRepositoryStore;
import io.gerve.admin.MysqlSiteStore;
import io.gerve.admin.MysqlTeamStore;
import io.gerve.audit.KeyAuditEntry;
import io.gerve.audit.KeyCursor;
import io.gerve.audit.MysqlAccessAudit;
import io.gerve.audit.MysqlAccessDiff;
import io.gerve.audit.MysqlChangeHistory;
import io.gerve.audit.MysqlKeyAudit;
import io.gerve.audit.MysqlRouteAudit;
import io.gerve.audit.access.AccessEntry;
import io.gerve.audit.access.MysqlSnapshotGrants;
import io.gerve.audit.snapshot.MysqlSnapshotKeyDirectory;
import io.gerve.cli.fileserver.LazyFileServers;
import io.gerve.cli.fileserver.RemoteRepositoryFolders;
import io.gerve.cli.fileserver.RepositoryFolderCommand;
import io.gerve.cli.key.KeyPolicyCheck;
import io.gerve.config.GerveConfig;
import io.gerve.config.KeyPolicySettings;
import io.gerve.explain.Explainer;
import io.gerve.explain.PastRequestExplainer;
import io.gerve.fileserver.FileServers;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.CompromisedKeyDirectory;
import io.gerve.keylookup.directory.KeyDirectory;
import io.gerve.keylookup.directory.MysqlKeyDirectory;
import io.gerve.keylookup.policy.CompromisedKeys;
import io.gerve.keylookup.policy.KeyPolicy;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.token.MysqlTokenStore;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.request.RequestAuthorizer;
import io.gerve.routing.FileServerHost;
import io.gerve.routing.MysqlRouteResolver;
import io.gerve.routing.Propagation;
import io.gerve.routing.RedisRouteStore;
import io.gerve.routing.RouteResolver;
import io.gerve.routing.RouteService;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/** What a command works on: the site that the configuration describes. It connects when something is first asked of it. */
public final class SiteConnection implements AutoCloseable {
    /** A command asks one thing at a time. A second connection is for what is asked while a change is under way. */
    private static final int CONNECTIONS_MAX = 2;

    private final Database database;
    private final AuditedTransaction transactions;
    private final GateNotifier notifier;
    private final FileServers servers;
    private final Duration folderTimeout;
    private final RedisRouteStore redis;
    private final Actor actor;
    private final KeyPolicySettings policy;
    private final Consumer<String> warnings;

    /** @param warnings hears what the operator should know although the command succeeds */
    SiteConnection(GerveConfig config, Actor actor, Consumer<String> warnings) {
        this.database = new Database(few(config.database()));
        this.notifier = new GateNotifier(config.redis(), warnings);
        this.transactions = new AuditedTransaction(database, actor, notifier, Clock.systemUTC());
        this.servers = new LazyFileServers(config.fileServers());
        this.folderTimeout = config.fileServers().folderTimeout();
        this.redis = new RedisRouteStore(config.redis());
        this.actor = actor;
        this.policy = config.keylookup().policy();
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
        return new MysqlRepositoryStore(transactions, folders());
    }

    MysqlCollaboratorStore collaborators() {
        return new MysqlCollaboratorStore(transactions);
    }

    MysqlSiteStore siteStore() {
        return new MysqlSiteStore(transactions);
    }

    RouteService routes() {
        return new RouteService(database, redis, notifier, Clock.systemUTC(), actor);
    }

    public KeyAdministration keys() {
        return new KeyAdministration(
                new MysqlKeyStore(database, notifier, Clock.systemUTC()), accounts(), repositories(), actor);
    }

    /** @throws ChangeRefused if a list of compromised keys cannot be read */
    public KeyPolicyCheck checkedKeys() throws ChangeRefused {
        return new KeyPolicyCheck(keys(), new KeyPolicy(policy, isCompromised()), warnings);
    }

    /** @throws ChangeRefused if a list of compromised keys cannot be read */
    Explainer explainer() throws ChangeRefused {
        return new Explainer(
                keyDirectory(), new MysqlGrants(database::sql), routeResolver(), Clock.systemUTC(), System::nanoTime);
    }

    /** Explains what would have been decided at a time; routes are told as they are now. */
    Explainer explainer(Instant at) {
        return new Explainer(
                new MysqlSnapshotKeyDirectory(database::sql, at),
                new MysqlSnapshotGrants(database::sql, at),
                routeResolver(),
                InstantSource.fixed(at),
                System::nanoTime);
    }

    /** @throws ChangeRefused if a list of compromised keys cannot be read */
    public MysqlAccessAudit audit() throws ChangeRefused {
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

    /** @throws ChangeRefused if a list of compromised keys cannot be read */
    public boolean weakKeys(KeyCursor after, AccessEntry.Sink<KeyAuditEntry> sink)
            throws ChangeRefused, LookupUnavailable {
        return keyAudit()
                .weak(
                        new MysqlKeyStore(database, notifier, Clock.systemUTC()),
                        new KeyPolicy(policy, isCompromised()),
                        after,
                        sink);
    }

    public MysqlRouteAudit routeAudit() {
        return new MysqlRouteAudit(database::sql);
    }

    /** As the doors have it, but for what they remember. */
    private KeyDirectory keyDirectory() throws ChangeRefused {
        var compromised = isCompromised();
        return new CompromisedKeyDirectory(
                new MysqlKeyDirectory(database, new KeyPolicy(policy, compromised)), compromised);
    }

    private CompromisedKeys isCompromised() throws ChangeRefused {
        try {
            return new CompromisedKeys(policy.compromisedKeys(), System::nanoTime);
        } catch (IllegalArgumentException e) {
            throw new ChangeRefused(String.valueOf(e.getMessage()));
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

    /** By the gate's own decision, but of what the database says now.
     *  @throws ChangeRefused if a list of compromised keys cannot be read */
    PastRequestExplainer pastRequests() throws ChangeRefused {
        return new PastRequestExplainer(
                accessLog(),
                new RequestAuthorizer(
                        keyDirectory(),
                        new AccessGate(new MysqlGrants(database::sql), InstantSource.system()),
                        routeResolver()));
    }

    Actor actor() {
        return actor;
    }

    /** Not from memory or Redis: an operator wants to see what is so. */
    RouteResolver routeResolver() {
        return new MysqlRouteResolver(database);
    }

    boolean isRedisAnswering() {
        return notifier.probe();
    }

    /** @return empty if the gate's key opens it, it has its pinned key, and it has what a file server needs */
    String problemOf(FileServerHost host) {
        try {
            folders().check(host);
            return "";
        } catch (ChangeRefused | DependencyUnavailable e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Has the operator warned in the end if a change of a route did not come through. */
    void warnUnlessPropagated(Propagation spread) {
        notifier.warnUnlessPropagated(spread);
    }

    RemoteRepositoryFolders folders() {
        return new RemoteRepositoryFolders(routeResolver(), new RepositoryFolderCommand(servers, folderTimeout));
    }

    /** Says whether gates heard of what was changed, and closes every connection. */
    @Override
    public void close() {
        servers.close();
        redis.close();
        notifier.close();
        database.close();
    }

    private static DatabaseSettings few(DatabaseSettings settings) {
        return new DatabaseSettings(
                settings.url(), settings.user(), settings.password(), CONNECTIONS_MAX, settings.queryTimeout());
    }
}
