package io.gerve.keyservice.web;

import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.invalidation.FakeInvalidationBus;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.store.AddKeyResult;
import io.gerve.keylookup.store.MysqlKeyStore;
import io.gerve.keylookup.store.NewKey;
import io.gerve.keylookup.store.People;
import io.gerve.keylookup.token.MysqlTokenStore;
import io.gerve.keylookup.token.NewToken;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.RunningKeylookup;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** Running program with a database of its own, in which tests create accounts and keys. */
final class SettingsPageSite implements AutoCloseable {
    static final Actor OPERATOR = new Actor("root", "cli");

    private final Path home;
    private final DatabaseSettings settings = RunningMariaDb.shared().newMigratedDatabase();
    private final Database database = new Database(settings);
    private final People people = new People(database, InstantSource.system());
    private final MysqlTokenStore tokens = new MysqlTokenStore(database, InstantSource.system(), new SecureRandom());
    private final MysqlKeyStore keyStore =
            new MysqlKeyStore(database, new FakeInvalidationBus(), InstantSource.system());
    private final RunningKeylookup program;

    SettingsPageSite(Path home) throws Exception {
        this.home = home;
        this.program = startInstance("first");
        program.awaitListening();
    }

    /** Starts another instance on the same database. Does not wait until it serves requests. */
    RunningKeylookup startInstance(String name, String... lines) throws Exception {
        return RunningKeylookup.start(Files.createDirectory(home.resolve(name)), settings, lines);
    }

    RunningKeylookup program() {
        return program;
    }

    String url(String path) {
        return program.url() + path;
    }

    Database database() {
        return database;
    }

    MysqlTokenStore tokens() {
        return tokens;
    }

    long user(String login) {
        return people.user(login);
    }

    void suspend(String login, String reason) {
        people.suspend(login, reason);
    }

    long repository(long owner, String name) {
        return people.repository(owner, name, "private");
    }

    void collaborator(long repository, long account, String role) {
        people.collaborator(repository, account, role);
    }

    String token(long account, TokenScope... scopes) throws Exception {
        return token(new NewToken.ForAccount(account), scopes);
    }

    String serviceToken() throws Exception {
        return token(new NewToken.ForService(), TokenScope.ADMIN_PUBLIC_KEY);
    }

    private String token(NewToken.Owner owner, TokenScope... scopes) throws Exception {
        return tokens.create(new NewToken(owner, "test", Set.of(scopes), Instant.MAX), OPERATOR)
                .token()
                .secret();
    }

    RegisteredKeyDetails key(NewKey.Owner owner, String title, String line, Instant expiry) throws Exception {
        var added = keyStore.add(new NewKey(PublicKey.ofLine(line), title, expiry, owner), OPERATOR);
        return ((AddKeyResult.Added) added).key();
    }

    RegisteredKeyDetails key(long account, String title, String line) throws Exception {
        return key(new NewKey.ForAccount(account), title, line, Instant.MAX);
    }

    List<RegisteredKeyDetails> keys(long account) throws Exception {
        return keyStore.ofAccount(account);
    }

    List<RegisteredKeyDetails> deployKeys(long repository) throws Exception {
        return keyStore.ofRepository(repository);
    }

    void revoke(RegisteredKeyDetails key, String reason) throws Exception {
        keyStore.revoke(key.registered().fingerprint(), reason, OPERATOR);
    }

    void used(RegisteredKeyDetails key, Instant when) {
        database.sql()
                .update(PUBLIC_KEYS)
                .set(PUBLIC_KEYS.LAST_USED_AT, when)
                .where(PUBLIC_KEYS.ID.eq(key.registered().id()))
                .execute();
    }

    @Override
    public void close() {
        program.close();
        database.close();
    }
}
