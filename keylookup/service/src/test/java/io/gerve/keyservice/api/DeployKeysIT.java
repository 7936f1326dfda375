package io.gerve.keyservice.api;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.ORGANIZATION_MEMBERS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.store.NewKey;
import io.gerve.keylookup.token.TokenScope;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeployKeysIT {
    private final RunningApi api = RunningApi.start();
    private final long tom = api.user("tom");
    private final long eve = api.user("eve");
    private final long bert = api.repository(tom, "bert", "private");
    private final String key = GeneratedKeys.ed25519();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void ownerAddsListsAndDeletesDeployKeys() throws Exception {
        String[] auth = auth(tom);
        ApiResponse added = api.post(
                "/api/v3/repos/tom/bert/keys", "{\"title\":\"ci\",\"key\":\"" + key + "\",\"read_only\":true}", auth);
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.json().path("read_only").asBoolean()).isTrue();
        assertThat(added.json().path("added_by").asString()).isEqualTo("tom");
        assertThat(api.get(added.header("Location"), auth).json()).isEqualTo(added.json());
        assertThat(api.get("/api/v3/repos/TOM/Bert/keys", auth).json()).hasSize(1);
        assertThat(api.delete(added.header("Location"), auth).status()).isEqualTo(204);
        assertThat(api.get("/api/v3/repos/tom/bert/keys", auth).json()).isEmpty();
        ApiResponse wrong =
                api.post("/api/v3/repos/tom/bert/keys", "{\"key\":\"" + key + "\",\"read_only\":\"yes\"}", auth);
        assertThat(wrong.error()).isEqualTo("DeployKey.read_only invalid: read_only must be true or false");
        ApiResponse again =
                api.post("/api/v3/repos/tom/bert/keys", "{\"key\":\"" + key + "\",\"read_only\":false}", auth);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.json().path("read_only").asBoolean()).isFalse();
        assertThat(again.json().path("added_by").asString()).isEqualTo("tom");
    }

    /** The attack: the difference between 403 and 404 reveals which private repositories exist. */
    @Test
    void unreadableRepositoryLooksLikeMissingOne() throws Exception {
        ApiResponse hidden = api.get("/api/v3/repos/tom/bert/keys", auth(eve));
        ApiResponse absent = api.get("/api/v3/repos/tom/nothing/keys", auth(eve));
        assertThat(hidden.status()).isEqualTo(404);
        assertThat(hidden.body()).isEqualTo(absent.body());
        assertThat(api.get("/api/v3/repos/tom/bert", auth(eve)).status()).isEqualTo(404);
        assertThat(api.post("/api/v3/repos/tom/bert/keys", "{\"key\":\"" + key + "\"}", auth(eve))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void deployKeysOfReadableRepositoryAreForbiddenUnlessAdministrator() throws Exception {
        api.collaborator(bert, eve, "maintain");
        ApiResponse refused = api.get("/api/v3/repos/tom/bert/keys", auth(eve));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.message()).isEqualTo("Must have admin rights to Repository.");
        assertThat(api.get("/api/v3/repos/tom/bert", auth(eve))
                        .json()
                        .path("permissions")
                        .path("admin")
                        .asBoolean())
                .isFalse();
        long open = api.repository(tom, "open", "public");
        assertThat(api.get("/api/v3/repos/tom/open/keys", auth(eve)).status()).isEqualTo(403);
        api.collaborator(open, eve, "admin");
        assertThat(api.get("/api/v3/repos/tom/open/keys", auth(eve)).status()).isEqualTo(200);
    }

    @Test
    void organizationOwnersAdministerAndMembersHaveItsBasePermission() throws Exception {
        long acme = api.organization("acme", tom);
        api.repository(acme, "site", "private");
        String keys = "/api/v3/repos/acme/site/keys";
        assertThat(api.get(keys, auth(tom)).status()).isEqualTo(200);
        assertThat(api.get(keys, auth(eve)).status()).isEqualTo(404);
        api.database()
                .sql()
                .insertInto(ORGANIZATION_MEMBERS)
                .set(ORGANIZATION_MEMBERS.ORGANIZATION_ID, acme)
                .set(ORGANIZATION_MEMBERS.ACCOUNT_ID, eve)
                .set(ORGANIZATION_MEMBERS.ROLE, "member")
                .execute();
        assertThat(api.get(keys, auth(eve)).status()).isEqualTo(404);
        basePermission("read");
        assertThat(api.get(keys, auth(eve)).status()).isEqualTo(403);
        basePermission("admin");
        assertThat(api.get(keys, auth(eve)).status()).isEqualTo(200);
        api.suspend("acme", "Unpaid");
        assertThat(api.get(keys, auth(tom)).status()).isEqualTo(403);
    }

    /** The attack: an administrator of one repository deletes a key that another owner's repository uses too. */
    @Test
    void deletedDeployKeyKeepsItsAccessToOtherRepositories() throws Exception {
        long other = api.repository(eve, "other", "private");
        api.keyStore()
                .add(
                        new NewKey(
                                PublicKey.ofLine(key),
                                "both",
                                Instant.MAX,
                                new NewKey.ForRepositories(
                                        Map.of(bert, DeployKeyAccess.READ_ONLY, other, DeployKeyAccess.READ_WRITE))),
                        RunningApi.OPERATOR);
        long id = api.get("/api/v3/repos/tom/bert/keys", auth(tom))
                .json()
                .path(0)
                .path("id")
                .asLong();
        assertThat(api.delete("/api/v3/repos/tom/bert/keys/" + id, auth(tom)).status())
                .isEqualTo(204);
        assertThat(api.get("/api/v3/repos/tom/bert/keys", auth(tom)).json()).isEmpty();
        ApiResponse left = api.get("/api/v3/repos/eve/other/keys/" + id, auth(eve));
        assertThat(left.status()).isEqualTo(200);
        assertThat(left.json().path("read_only").asBoolean()).isFalse();
        assertThat(api.delete("/api/v3/repos/eve/other/keys/" + id, auth(eve)).status())
                .isEqualTo(204);
        assertThat(api.keyStore().find(PublicKey.ofLine(key).fingerprint())).isEmpty();
    }

    @Test
    void formerNameFindsRepositoryUntilAnotherOneTakesIt() throws Exception {
        api.database()
                .sql()
                .insertInto(REPOSITORY_REDIRECTS)
                .set(REPOSITORY_REDIRECTS.OWNER_LOGIN, "tom")
                .set(REPOSITORY_REDIRECTS.NAME, "old")
                .set(REPOSITORY_REDIRECTS.REPOSITORY_ID, bert)
                .set(REPOSITORY_REDIRECTS.CREATED_AT, Instant.now())
                .execute();
        assertThat(api.get("/api/v3/repos/tom/old", auth(tom))
                        .json()
                        .path("full_name")
                        .asString())
                .isEqualTo("tom/bert");
        long old = api.repository(tom, "old", "private");
        assertThat(api.get("/api/v3/repos/tom/old", auth(tom)).json().path("id").asLong())
                .isEqualTo(old);
        assertThat(api.database().sql().fetchCount(REPOSITORIES)).isEqualTo(2);
    }

    private void basePermission(String role) {
        api.database()
                .sql()
                .update(ACCOUNTS)
                .set(ACCOUNTS.BASE_PERMISSION, role)
                .where(ACCOUNTS.LOGIN.eq("acme"))
                .execute();
    }

    private String[] auth(long account) throws Exception {
        return new String[] {"Authorization", api.token(account, TokenScope.REPO)};
    }
}
