package io.gerve.cli;

import io.gerve.access.AccessGate;
import io.gerve.access.MysqlGrants;
import io.gerve.audit.KeyFacts;
import io.gerve.audit.KeyPlace;
import io.gerve.audit.MysqlAudit;
import io.gerve.audit.MysqlKeyAudit;
import io.gerve.audit.MysqlPastGrants;
import io.gerve.audit.MysqlPastKeys;
import io.gerve.audit.MysqlRightChanges;
import io.gerve.audit.MysqlRightsDiff;
import io.gerve.audit.MysqlRouteAudit;
import io.gerve.audit.Reach;
import io.gerve.audit.log.MysqlAccessLog;
import io.gerve.audit.log.PastRequest;
import io.gerve.bridge.FileServers;
import io.gerve.chimney.Chimney;
import io.gerve.chimney.FileServerHost;
import io.gerve.chimney.MysqlChimney;
import io.gerve.chimney.RedisRoutes;
import io.gerve.chimney.RouteTable;
import io.gerve.chimney.Spread;
import io.gerve.config.GerveConfig;
import io.gerve.config.KeyPolicySettings;
import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.key.BarringKeyDirectory;
import io.gerve.keylookup.key.CompromisedKeys;
import io.gerve.keylookup.key.KeyDirectory;
import io.gerve.keylookup.key.KeyPolicy;
import io.gerve.keylookup.key.MysqlKeyDirectory;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.token.MysqlTokens;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.registry.MysqlAccounts;
import io.gerve.registry.MysqlCollaborators;
import io.gerve.registry.MysqlLedger;
import io.gerve.registry.MysqlOrganizations;
import io.gerve.registry.MysqlRepositories;
import io.gerve.registry.MysqlSite;
import io.gerve.registry.MysqlTeams;
import io.gerve.registry.Refused;
import io.gerve.registry.Unreachable;
import io.gerve.session.Admission;
import io.gerve.session.Explainer;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;

/** What a command works on: the site that the configuration describes. It connects when something is first asked of it. */
final class Site implements AutoCloseable {
    /** A command asks one thing at a time. A second connection is for what is asked while a change is under way. */
    private static final int CONNECTIONS_MAX = 2;

    private final Database database;
    private final MysqlLedger ledger;
    private final Gates gates;
    private final FileServers servers;
    private final Duration folderTimeout;
    private final RedisRoutes redis;
    private final Actor actor;
    private final KeyPolicySettings policy;
    private final Consumer<String> warnings;

    /** @param warnings hears what the operator should know although the command succeeds */
    Site(GerveConfig config, Actor actor, Consumer<String> warnings) {
        this.database = new Database(few(config.database()));
        this.gates = new Gates(config.redis(), warnings);
        this.ledger = new MysqlLedger(database, actor, gates, Clock.systemUTC());
        this.servers = new OnDemand(config.bridge());
        this.folderTimeout = config.bridge().folderTimeout();
        this.redis = new RedisRoutes(config.redis());
        this.actor = actor;
        this.policy = config.keylookup().policy();
        this.warnings = warnings;
    }

    MysqlAccounts accounts() {
        return new MysqlAccounts(ledger);
    }

    MysqlOrganizations organizations() {
        return new MysqlOrganizations(ledger);
    }

    MysqlTeams teams() {
        return new MysqlTeams(ledger);
    }

    MysqlRepositories repositories() {
        return new MysqlRepositories(ledger, folders());
    }

    MysqlCollaborators collaborators() {
        return new MysqlCollaborators(ledger);
    }

    MysqlSite switches() {
        return new MysqlSite(ledger);
    }

    RouteTable routes() {
        return new RouteTable(database, redis, gates, Clock.systemUTC(), actor);
    }

    Keys keys() {
        return new Keys(new MysqlKeyRegister(database, gates, Clock.systemUTC()), accounts(), repositories(), actor);
    }

    /** @throws Refused if a list of compromised keys cannot be read */
    CheckedKeys checkedKeys() throws Refused {
        return new CheckedKeys(keys(), new KeyPolicy(policy, compromised()), warnings);
    }

    /** @throws Refused if a list of compromised keys cannot be read */
    Explainer explainer() throws Refused {
        return new Explainer(
                keyDirectory(), new MysqlGrants(database::sql), chimney(), Clock.systemUTC(), System::nanoTime);
    }

    /** Explains what would have been decided at a time; routes are told as they are now. */
    Explainer explainer(Instant at) {
        return new Explainer(
                new MysqlPastKeys(database::sql, at),
                new MysqlPastGrants(database::sql, at),
                chimney(),
                InstantSource.fixed(at),
                System::nanoTime);
    }

    /** @throws Refused if a list of compromised keys cannot be read */
    MysqlAudit audit() throws Refused {
        return new MysqlAudit(database::sql, keyDirectory(), Clock.systemUTC());
    }

    MysqlAudit audit(Instant at) {
        return new MysqlAudit(database::sql, at);
    }

    MysqlRightsDiff diff(Instant from, Instant to) {
        return new MysqlRightsDiff(database::sql, from, to);
    }

    MysqlRightChanges changes() {
        return new MysqlRightChanges(database::sql);
    }

    MysqlKeyAudit keyAudit() {
        return new MysqlKeyAudit(database::sql);
    }

    /** @throws Refused if a list of compromised keys cannot be read */
    boolean weakKeys(KeyPlace after, Reach.Sink<KeyFacts> sink) throws Refused, LookupUnavailable {
        return keyAudit()
                .weak(
                        new MysqlKeyRegister(database, gates, Clock.systemUTC()),
                        new KeyPolicy(policy, compromised()),
                        after,
                        sink);
    }

    MysqlRouteAudit routeAudit() {
        return new MysqlRouteAudit(database::sql);
    }

    /** As the doors have it, but for what they remember. */
    private KeyDirectory keyDirectory() throws Refused {
        var compromised = compromised();
        return new BarringKeyDirectory(
                new MysqlKeyDirectory(database, new KeyPolicy(policy, compromised)), compromised);
    }

    private CompromisedKeys compromised() throws Refused {
        try {
            return new CompromisedKeys(policy.compromisedKeys(), System::nanoTime);
        } catch (IllegalArgumentException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    MysqlTokens tokens() {
        return new MysqlTokens(database, Clock.systemUTC(), new SecureRandom());
    }

    MysqlAccessLog accessLog() {
        return new MysqlAccessLog(database);
    }

    Database database() {
        return database;
    }

    /** By the gate's own decision, but of what the database says now.
     *  @throws Refused if a list of compromised keys cannot be read */
    PastRequest pastRequests() throws Refused {
        return new PastRequest(
                accessLog(),
                new Admission(
                        keyDirectory(),
                        new AccessGate(new MysqlGrants(database::sql), InstantSource.system()),
                        chimney()));
    }

    Actor actor() {
        return actor;
    }

    /** Not from memory or Redis: an operator wants to see what is so. */
    Chimney chimney() {
        return new MysqlChimney(database);
    }

    boolean redisAnswers() {
        return gates.answer();
    }

    /** @return empty if the gate's key opens it, it has its pinned key, and it has what a file server needs */
    String problemOf(FileServerHost host) {
        try {
            folders().check(host);
            return "";
        } catch (Refused | Unreachable e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Has the operator warned in the end if a change of a route did not come through. */
    void heard(Spread spread) {
        gates.heard(spread);
    }

    FileServerFolders folders() {
        return new FileServerFolders(chimney(), new FolderCommand(servers, folderTimeout));
    }

    /** Says whether gates heard of what was changed, and closes every connection. */
    @Override
    public void close() {
        servers.close();
        redis.close();
        gates.close();
        database.close();
    }

    private static DatabaseSettings few(DatabaseSettings settings) {
        return new DatabaseSettings(
                settings.url(), settings.user(), settings.password(), CONNECTIONS_MAX, settings.queryTimeout());
    }
}
