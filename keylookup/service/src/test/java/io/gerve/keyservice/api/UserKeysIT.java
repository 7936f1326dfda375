package io.gerve.keyservice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.invalidation.Invalidation;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.PublicKey;
import io.gerve.keylookup.token.TokenScope;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserKeysIT {
    private static final String KEYS = "/api/v3/user/keys";

    private final RunningApi api = RunningApi.start();
    private final long tom = api.user("tom");
    private final String key = GeneratedKeys.ed25519();
    private String[] auth = {};

    @BeforeEach
    void authenticate() throws Exception {
        auth = new String[] {"Authorization", api.token(tom, TokenScope.ADMIN_PUBLIC_KEY)};
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void keyHasGitHubsFieldsAndGervesOwn() throws Exception {
        ApiResponse added = add("laptop", key + " tom@laptop");
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.json().path("key").asString()).isEqualTo(key);
        assertThat(added.json().path("title").asString()).isEqualTo("laptop");
        assertThat(added.json().path("fingerprint").asString())
                .isEqualTo(fingerprint().text());
        assertThat(added.json().path("last_used").isNull()).isTrue();
        assertThat(added.json().path("warnings")).isEmpty();
        String url = added.json().path("url").asString();
        assertThat(added.header("Location")).isEqualTo(url).startsWith(api.url() + KEYS + "/");
        ApiResponse shown = api.get(url, auth);
        assertThat(shown.json()).isEqualTo(added.json());
        assertThat(api.get(KEYS, auth).json().path(0)).isEqualTo(added.json());
        assertThat(shown.header("X-OAuth-Scopes")).isEqualTo("admin:public_key");
        assertThat(shown.header("X-Accepted-OAuth-Scopes")).isEqualTo("read:public_key");
        assertThat(shown.header("X-GitHub-Request-Id")).matches("[0-9a-z]{16}");
    }

    @Test
    void deletedKeyIsNotFoundAndInvalidatedOnGates() throws Exception {
        List<Invalidation> received = new CopyOnWriteArrayList<>();
        await().until(api.invalidations()::isConnected);
        api.invalidations().listen(received::add);
        String url = add("laptop", key).header("Location");
        assertThat(api.delete(url, auth).status()).isEqualTo(204);
        assertThat(api.delete(url, auth).status()).isEqualTo(404);
        assertThat(api.get(url, auth).status()).isEqualTo(404);
        await().until(() -> received.contains(
                new Invalidation(Invalidation.Kind.KEY, fingerprint().text())));
        assertThat(add("again", key).header("Location")).isEqualTo(url);
        assertThat(add("twice", key).error()).isEqualTo("PublicKey.key custom: key is already in use, and it is yours");
    }

    @Test
    void expiryIsReturnedAndMustBeInTheFuture() throws Exception {
        ApiResponse added =
                api.post(KEYS, "{\"key\":\"" + key + "\",\"expires_at\":\"2090-01-31T01:00:00+01:00\"}", auth);
        assertThat(added.json().path("expires_at").asString()).isEqualTo("2090-01-31T00:00:00Z");
        assertThat(added.json().path("title").asString()).isEqualTo("(untitled)");
        for (String past :
                List.of("2001-01-31T00:00:00Z", "tomorrow", "2090-02-31T00:00:00Z", "+99999-01-01T00:00:00Z")) {
            ApiResponse refused = api.post(
                    KEYS, "{\"key\":\"" + GeneratedKeys.ed25519() + "\",\"expires_at\":\"" + past + "\"}", auth);
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.error()).startsWith("PublicKey.expires_at invalid");
        }
    }

    @Test
    void shortRsaKeyIsAcceptedWithWarning() throws Exception {
        ApiResponse added = add("old", GeneratedKeys.rsa(2048));
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.json().path("warnings").path(0).path("rule").asString())
                .isEqualTo("rsa_short");
        assertThat(added.json().path("warnings").path(0).path("refused").asBoolean())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"key\":\"ssh-ed25519 AAAA\"}|422|PublicKey.key custom: key is invalid. ",
                "{\"title\":\"x\"}|422|PublicKey.key missing_field: key is missing",
                "{\"key\":7}|422|PublicKey.key invalid: key must be a string",
                "{\"key\":\"KEY\",\"title\":\"a\\u0007b\"}|422|PublicKey.title custom: a key's title has no control characters",
                "{\"key\":\"KEY\",\"title\":\" \"}|422|PublicKey.title custom: a key's title has 1 to 255 characters",
                "{\"key\":\"KEY\",\"key\":\"KEY\"}|400|",
                "{\"key\":\"KEY\"} x|400|",
                "[]|400|",
                "{\"key\"|400|",
                "`{\"key\":\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN1YdxBpNlzxDqfJyw/QKow1F+wvG9hXGoqiysfJOn5Y\"}`|422|PublicKey.key custom: This key is compromised"
            })
    void invalidFieldIsNamedInTheError(String body, int status, String error) throws Exception {
        ApiResponse refused = api.post(KEYS, body.replace("KEY", key), auth);
        assertThat(refused.status()).isEqualTo(status);
        if (status == 422) {
            assertThat(refused.message()).isEqualTo("Validation Failed");
            assertThat(refused.error()).startsWith(error);
        } else {
            assertThat(refused.message()).isEqualTo("Problems parsing JSON");
        }
        assertThat(api.get(KEYS, auth).json()).isEmpty();
    }

    @Test
    void loginMayHaveADot() throws Exception {
        auth = new String[] {"Authorization", api.token(api.user("john.doe"), TokenScope.ADMIN_PUBLIC_KEY)};
        add("laptop", key);
        assertThat(api.get("/api/v3/users/john.doe", auth).json().path("login").asString())
                .isEqualTo("john.doe");
        assertThat(api.get("/api/v3/users/john.doe/keys", auth).json()).hasSize(1);
        assertThat(api.get("/john.doe.keys", auth).body()).startsWith(key);
        assertThat(api.get("/john..doe.keys", auth).status()).isEqualTo(404);
    }

    /** As Windows programs and PuTTYgen save a file. */
    @Test
    void keyIsAcceptedWithByteOrderMarkAndInTheSsh2Format() throws Exception {
        ApiResponse added = add("bom", "\ufeff" + key + " me\\r\\n");
        assertThat(added.json().path("key").asString()).isEqualTo(key);
        String other = GeneratedKeys.ed25519();
        ApiResponse ssh2 = add(
                "ssh2",
                "---- BEGIN SSH2 PUBLIC KEY ----\\n" + other.split(" ", -1)[1] + "\\n---- END SSH2 PUBLIC KEY ----\\n");
        assertThat(ssh2.json().path("key").asString()).isEqualTo(other);
        assertThat(add("utf16", "s\\u0000s\\u0000h\\u0000").error()).contains("This text is in UTF-16");
        assertThat(add("ppk", "PuTTY-User-Key-File-3: ssh-ed25519").error())
                .contains("This is a PRIVATE key.", "in PuTTYgen");
    }

    /** Not an attack: a user pastes a private key by mistake. The response must not repeat it. */
    @Test
    void privateKeyIsRefusedAndNotRepeated() throws Exception {
        ApiResponse refused = add("oops", "-----BEGIN OPENSSH PRIVATE KEY-----\\nb3BlbnNzaC1rZXktdjEAAAA");
        assertThat(refused.error()).contains("This is a PRIVATE key");
        assertThat(refused.body()).doesNotContain("b3BlbnNzaC1rZXk");
    }

    @Test
    void listHasPagesWithLinkHeaders() throws Exception {
        for (int i = 1; i <= 5; i++) {
            add("key " + i, GeneratedKeys.ed25519());
        }
        String url = api.url() + KEYS;
        ApiResponse first = api.get(KEYS + "?per_page=2", auth);
        assertThat(first.header("Link"))
                .isEqualTo(
                        "<" + url + "?per_page=2&page=2>; rel=\"next\", <" + url + "?per_page=2&page=3>; rel=\"last\"");
        ApiResponse last = api.get(KEYS + "?per_page=2&page=3", auth);
        assertThat(last.header("Link"))
                .isEqualTo("<" + url + "?per_page=2&page=2>; rel=\"prev\", <" + url
                        + "?per_page=2&page=1>; rel=\"first\"");
        assertThat(last.json().path(0).path("title").asString()).isEqualTo("key 5");
        assertThat(api.get(KEYS + "?page=99", auth).json()).isEmpty();
        assertThat(api.get(KEYS + "?page=999999999999&per_page=-1", auth).json())
                .hasSize(5);
        assertThat(api.get(KEYS, auth).header("Link")).isEmpty();
    }

    @Test
    void unchangedListIsNotModifiedAndNotCounted() throws Exception {
        add("laptop", key);
        ApiResponse list = api.get(KEYS, auth);
        ApiResponse again = api.get(KEYS, with("If-None-Match", list.header("ETag")));
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(again.header("X-RateLimit-Remaining")).isEqualTo(list.header("X-RateLimit-Remaining"));
        add("server", GeneratedKeys.ed25519());
        assertThat(api.get(KEYS, with("If-None-Match", list.header("ETag"))).status())
                .isEqualTo(200);
    }

    @Test
    void anonymousCallerSeesOnlyWorkingKeysOfAUser() throws Exception {
        add("laptop", key);
        String revoked = GeneratedKeys.ed25519();
        add("lost", revoked);
        api.keyStore().revoke(PublicKey.ofLine(revoked).fingerprint(), "Lost", RunningApi.OPERATOR);
        assertThat(api.get("/TOM.keys").body()).isEqualTo(key + "\n");
        ApiResponse list = api.get("/api/v3/users/tom/keys");
        assertThat(list.json()).hasSize(1);
        assertThat(list.json().path(0).has("title")).isFalse();
        assertThat(api.get(KEYS, auth).json()).hasSize(2);
        assertThat(api.get(KEYS, auth).json().path(1).path("revoked_reason").asString())
                .isEqualTo("Lost");
        assertThat(api.get("/nobody.keys").status()).isEqualTo(404);
        assertThat(api.get("/api/v3/users/..%2Ftom/keys").status()).isEqualTo(404);
        api.suspend("tom", "");
        assertThat(api.get("/tom.keys").status()).isEqualTo(404);
    }

    @Test
    void headHasTheHeadersOfGet() throws Exception {
        ApiResponse head = api.send("HEAD", "/tom.keys", "");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.header("ETag")).isEqualTo(api.get("/tom.keys").header("ETag"));
    }

    private ApiResponse add(String title, String line) throws Exception {
        return api.post(KEYS, "{\"title\":\"" + title + "\",\"key\":\"" + line + "\"}", auth);
    }

    private String[] with(String name, String value) {
        return new String[] {auth[0], auth[1], name, value};
    }

    private Fingerprint fingerprint() throws Exception {
        return PublicKey.ofLine(key).fingerprint();
    }
}
