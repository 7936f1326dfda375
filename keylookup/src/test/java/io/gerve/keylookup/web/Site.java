package io.gerve.keylookup.web;

import static io.gerve.sql.schema.Tables.PUBLIC_KEYS;

import io.gerve.keylookup.People;
import io.gerve.keylookup.RunningKeylookup;
import io.gerve.keylookup.key.Actor;
import io.gerve.keylookup.key.Addition;
import io.gerve.keylookup.key.MysqlKeyRegister;
import io.gerve.keylookup.key.NewKey;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.key.RegisteredKey;
import io.gerve.keylookup.token.MysqlTokens;
import io.gerve.keylookup.token.NewToken;
import io.gerve.keylookup.token.Scope;
import io.gerve.lookup.FakeChanges;
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

/** The program on a database of its own, with the people and keys that a test puts there. */
final class Site implements AutoCloseable {
    static final Actor OPERATOR = new Actor("root", "cli");

    private final Path home;
    private final DatabaseSettings settings = RunningMariaDb.shared().newMigratedDatabase();
    private final Database database = new Database(settings);
    private final People people = new People(database, InstantSource.system());
    private final MysqlTokens tokens = new MysqlTokens(database, InstantSource.system(), new SecureRandom());
    private final MysqlKeyRegister register = new MysqlKeyRegister(database, new FakeChanges(), InstantSource.system());
    private final RunningKeylookup program;

    Site(Path home) throws Exception {
        this.home = home;
        this.program = another("first");
        program.untilItServes();
    }

    /** Another one on the same database, which may not serve yet. */
    RunningKeylookup another(String name, String... lines) throws Exception {
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

    MysqlTokens tokens() {
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

    String token(long account, Scope... scopes) throws Exception {
        return token(new NewToken.ForAccount(account), scopes);
    }

    String serviceToken() throws Exception {
        return token(new NewToken.ForService(), Scope.ADMIN_PUBLIC_KEY);
    }

    private String token(NewToken.Holder holder, Scope... scopes) throws Exception {
        return tokens.create(new NewToken(holder, "test", Set.of(scopes), Instant.MAX), OPERATOR)
                .token()
                .secret();
    }

    RegisteredKey key(NewKey.Holder holder, String title, String line, Instant expiry) throws Exception {
        var added = register.add(new NewKey(PublicKey.ofLine(line), title, expiry, holder), OPERATOR);
        return ((Addition.Added) added).key();
    }

    RegisteredKey key(long account, String title, String line) throws Exception {
        return key(new NewKey.ForAccount(account), title, line, Instant.MAX);
    }

    List<RegisteredKey> keys(long account) throws Exception {
        return register.ofAccount(account);
    }

    List<RegisteredKey> deployKeys(long repository) throws Exception {
        return register.ofRepository(repository);
    }

    void revoke(RegisteredKey key, String reason) throws Exception {
        register.revoke(key.known().fingerprint(), reason, OPERATOR);
    }

    void used(RegisteredKey key, Instant when) {
        database.sql()
                .update(PUBLIC_KEYS)
                .set(PUBLIC_KEYS.LAST_USED_AT, when)
                .where(PUBLIC_KEYS.ID.eq(key.known().id()))
                .execute();
    }

    @Override
    public void close() {
        program.close();
        database.close();
    }
}
