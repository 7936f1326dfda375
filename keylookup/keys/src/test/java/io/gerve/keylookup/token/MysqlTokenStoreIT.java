package io.gerve.keylookup.token;

import static io.gerve.sql.schema.Tables.ACCESS_TOKENS;
import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gerve.keylookup.directory.Actor;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MysqlTokenStoreIT {
    private static final Actor OPERATOR = new Actor("root", "cli");

    private final Database database = new Database(RunningMariaDb.shared().newMigratedDatabase());
    private Instant now = Instant.parse("2026-03-29T01:30:00Z");
    private final MysqlTokenStore tokens = new MysqlTokenStore(database, () -> now, new SecureRandom());
    private long tom;

    @BeforeEach
    void addTom() {
        database.sql()
                .insertInto(ACCOUNTS)
                .set(ACCOUNTS.LOGIN, "tom")
                .set(ACCOUNTS.KIND, "user")
                .set(ACCOUNTS.CREATED_AT, now)
                .execute();
        tom = database.sql().select(ACCOUNTS.ID).from(ACCOUNTS).fetchSingle().value1();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void tokenIsFoundBySecretAndStoredAsHash() throws Exception {
        var created = tokens.create(token(Instant.MAX), OPERATOR);
        assertThat(tokens.find(created.token())).contains(created.details());
        assertThat(tokens.find(AccessToken.generate(new SecureRandom()))).isEmpty();
        assertThat(created.details().allows(TokenScope.REPO)).isTrue();
        assertThat(created.details().allows(TokenScope.READ_PUBLIC_KEY)).isFalse();
        var row = database.sql().selectFrom(ACCESS_TOKENS).fetchSingle();
        assertThat(row.getTokenSha256()).isEqualTo(created.token().sha256());
        assertThat(row.formatJSON()).doesNotContain(created.token().secret().substring(6));
        assertThat(row.getTokenSha256()).isNotEqualTo(created.token().secret().getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void expiredOrRevokedTokenIsNotFoundAndChangesAreRecorded() throws Exception {
        var expiring = tokens.create(token(now.plusSeconds(1)), OPERATOR);
        var permanent = tokens.create(token(Instant.MAX), OPERATOR);
        now = now.plusSeconds(1);
        assertThat(tokens.find(expiring.token())).isEmpty();
        assertThat(tokens.ofAccount(tom)).containsExactly(expiring.details(), permanent.details());
        assertThat(tokens.revoke(permanent.details().id(), OPERATOR)).contains(permanent.details());
        assertThat(tokens.revoke(permanent.details().id(), OPERATOR)).isEmpty();
        assertThat(tokens.find(permanent.token())).isEmpty();
        assertThat(tokens.ofAccount(tom)).containsExactly(expiring.details());
        assertThat(database.sql()
                        .selectFrom(GRANT_CHANGES)
                        .orderBy(GRANT_CHANGES.ID)
                        .fetch(row -> row.getKind().label() + " " + row.getAccountId() + " " + row.getBeforeValue()))
                .containsExactly(
                        "token_added " + tom + " null",
                        "token_added " + tom + " null",
                        "token_revoked " + tom + " " + permanent.details().id() + " CI: repo");
    }

    @Test
    void serviceTokenHasNoAccountAndLastUsedTimeIsKeptToTheMinute() throws Exception {
        var created = tokens.create(
                new NewToken(new NewToken.ForService(), "web", Set.of(TokenScope.ADMIN_PUBLIC_KEY), Instant.MAX),
                OPERATOR);
        assertThat(created.details().owner()).isEqualTo(new TokenOwner.Service());
        assertThat(tokens.ofService()).containsExactly(created.details());
        assertThat(tokens.ofAccount(tom)).isEmpty();
        Instant first = now;
        tokens.used(created.details());
        now = now.plus(Duration.ofSeconds(59));
        tokens.used(tokens.find(created.token()).orElseThrow());
        assertThat(tokens.find(created.token()).orElseThrow().lastUsedAt()).isEqualTo(first);
        now = now.plus(Duration.ofSeconds(2));
        tokens.used(tokens.find(created.token()).orElseThrow());
        assertThat(tokens.find(created.token()).orElseThrow().lastUsedAt()).isEqualTo(now);
    }

    @Test
    void stoppedDatabaseIsUnavailableNotEmpty() {
        try (var stopped = new Database(
                new DatabaseSettings("jdbc:mysql://127.0.0.1:1/gerve", "gerve", "x", 1, Duration.ofMillis(500)))) {
            var unavailable = new MysqlTokenStore(stopped, () -> now, new SecureRandom());
            assertThatExceptionOfType(LookupUnavailable.class)
                    .isThrownBy(() -> unavailable.find(AccessToken.generate(new SecureRandom())));
        }
    }

    private NewToken token(Instant expiry) {
        return new NewToken(new NewToken.ForAccount(tom), "CI", Set.of(TokenScope.REPO), expiry);
    }
}
