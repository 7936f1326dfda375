package io.gerve.keyservice.web;

import static io.gerve.sql.schema.Tables.WEB_SESSIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.keylookup.token.AccessToken;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.RunningKeylookup;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks on the sign-in and on sessions. */
class SignInAttacksIT {
    @TempDir
    private static Path home;

    private static SettingsPageSite site;
    private static URI url;

    /** A second instance on the same database. It may still be starting. */
    private static RunningKeylookup second;

    @BeforeAll
    static void start() throws Exception {
        site = new SettingsPageSite(home);
        url = site.program().url();
        second = site.startInstance("second", "failed_sign_ins_per_hour = 3");
    }

    @AfterAll
    static void stop() {
        second.close();
        site.close();
    }

    /** The attack (login CSRF): the victim is signed in with the attacker's account and adds a key to it. */
    @Test
    void signInFormOfAnotherBrowserIsRejected() throws Exception {
        String token = site.token(site.user("login_csrf"), TokenScope.ADMIN_PUBLIC_KEY);
        try (var attacker = new CookieClient(url, "");
                var victim = new CookieClient(url, "")) {
            String form = attacker.formToken("/settings/sign-in");
            victim.get("/settings/sign-in");
            assertThat(victim.post("/settings/sign-in", form, "token", token).statusCode())
                    .isEqualTo(403);
        }
    }

    /** The attack (session fixation): a cookie that the attacker planted, and knows, becomes the victim's session. */
    @Test
    void signInReplacesTheSessionSecret() throws Exception {
        String token = site.token(site.user("fixed"), TokenScope.ADMIN_PUBLIC_KEY);
        try (var attacker = new CookieClient(url, "")) {
            attacker.get("/settings/sign-in");
            try (var victim = new CookieClient(url, attacker.cookie());
                    var planted = new CookieClient(url, attacker.cookie())) {
                assertThat(victim.signIn(token).statusCode()).isEqualTo(303);
                assertThat(victim.get("/settings/keys").statusCode()).isEqualTo(200);
                assertThat(victim.cookie()).isNotEqualTo(planted.cookie());
                assertThat(planted.get("/settings/keys").statusCode()).isEqualTo(303);
                String signedInBefore = victim.cookie();
                try (var again = new CookieClient(url, signedInBefore)) {
                    String form = again.formToken("/settings/keys");
                    assertThat(again.post("/settings/sign-in", form, "token", token)
                                    .statusCode())
                            .isEqualTo(303);
                }
                assertThat(victim.get("/settings/keys").statusCode()).isEqualTo(303);
            }
        }
    }

    /** A session is valid on every instance until the user signs out or the token is revoked. */
    @Test
    void sessionEndsOnAllInstancesAtOnce() throws Exception {
        long tom = site.user("roamer");
        String token = site.token(tom, TokenScope.READ_PUBLIC_KEY);
        second.awaitListening();
        try (var one = CookieClient.signedIn(url, token);
                var other = CookieClient.signedIn(url, token)) {
            var copy = new CookieClient(second.url(), one.cookie());
            assertThat(copy.get("/settings/keys").statusCode()).isEqualTo(200);
            assertThat(one.post("/settings/sign-out", one.formToken("/settings/keys"))
                            .statusCode())
                    .isEqualTo(303);
            assertThat(copy.get("/settings/keys").statusCode()).isEqualTo(303);
            other.switchTo(second.url());
            assertThat(other.get("/settings/keys").statusCode()).isEqualTo(200);
            TokenDetails details = site.tokens().ofAccount(tom).getFirst();
            site.tokens().revoke(details.id(), SettingsPageSite.OPERATOR);
            assertThat(other.get("/settings/keys").statusCode()).isEqualTo(303);
            other.switchTo(url);
            assertThat(other.get("/settings/keys").statusCode()).isEqualTo(303);
            copy.close();
        }
    }

    @Test
    void sessionEndsWithTimeoutsAndSuspension() throws Exception {
        long tom = site.user("sleeper");
        String token = site.token(tom, TokenScope.READ_PUBLIC_KEY);
        try (var one = CookieClient.signedIn(url, token)) {
            age(one, Instant.now().minusSeconds(3605), Instant.now());
            assertThat(one.get("/settings/keys").statusCode()).isEqualTo(200);
            age(one, Instant.now().minusSeconds(3605), Instant.now().minusSeconds(3600));
            assertThat(one.get("/settings/keys").statusCode()).isEqualTo(303);
            one.signIn(token);
            age(one, Instant.now().minusSeconds(12 * 3600 + 5), Instant.now());
            assertThat(one.get("/settings/keys").statusCode()).isEqualTo(303);
            one.signIn(token);
            site.suspend("sleeper", "Unpaid.");
            HttpResponse<String> suspended = one.get("/settings/keys");
            assertThat(suspended.statusCode()).isEqualTo(403);
            assertThat(suspended.body()).contains("Your account was suspended", "Unpaid.");
            assertThat(one.signIn(token).statusCode()).isEqualTo(403);
        }
    }

    /** The attack: a client guesses tokens one after the other. Successful sign-ins do not count. */
    @Test
    void tokenGuessingIsRateLimited() throws Exception {
        String token = site.token(site.user("guessed"), TokenScope.READ_PUBLIC_KEY);
        try (RunningKeylookup strict = site.startInstance("strict", "failed_sign_ins_per_hour = 3")
                        .awaitListening();
                var client = new CookieClient(strict.url(), "")) {
            for (int i = 0; i < 5; i++) {
                CookieClient.signedIn(second.url(), token).close();
            }
            String unknownToken = AccessToken.generate(new SecureRandom()).secret();
            for (String wrong : new String[] {"secret", unknownToken, site.serviceToken()}) {
                HttpResponse<String> refused = client.signIn(wrong);
                assertThat(refused.statusCode()).isEqualTo(422);
                assertThat(refused.body()).doesNotContain(wrong);
            }
            assertThat(client.signIn(token).statusCode()).isEqualTo(429);
        }
    }

    /** The attack: a leaked token is used until its owner, or everybody in the office, cannot delete the key. */
    @Test
    void requestsToTheApiDoNotLockAnybodyOutOfThePages() throws Exception {
        String token = site.token(site.user("leaked"), TokenScope.ADMIN_PUBLIC_KEY);
        try (RunningKeylookup strict = site.startInstance(
                                "few", "anonymous_requests_per_hour = 4", "requests_per_hour = 4")
                        .awaitListening();
                var client = new CookieClient(strict.url(), "");
                var api = HttpClient.newHttpClient()) {
            for (String authorization : new String[] {"", "Bearer " + token}) {
                var request = HttpRequest.newBuilder(strict.url().resolve("/api/v3/openapi.json"));
                if (!authorization.isEmpty()) {
                    request.header("Authorization", authorization);
                }
                for (int status : new int[] {200, 200, 200, 200, 403}) {
                    assertThat(api.send(request.build(), HttpResponse.BodyHandlers.discarding())
                                    .statusCode())
                            .isEqualTo(status);
                }
            }
            for (String destination : new String[] {"image", "iframe", "image", "iframe", "empty"}) {
                var embedded = HttpRequest.newBuilder(strict.url().resolve("/settings/sign-in"))
                        .header("Sec-Fetch-Site", "cross-site")
                        .header("Sec-Fetch-Mode", "navigate")
                        .header("Sec-Fetch-Dest", destination)
                        .build();
                assertThat(api.send(embedded, HttpResponse.BodyHandlers.discarding())
                                .statusCode())
                        .isEqualTo(403);
            }
            assertThat(client.signIn(token).statusCode()).isEqualTo(303);
            assertThat(client.get("/settings/keys").statusCode()).isEqualTo(200);
        }
    }

    /** The attack: secrets are read from logs, caches, the database or the address bar. */
    @Test
    void secretsAreNotLoggedCachedOrStored() throws Exception {
        String token = site.token(site.user("careful"), TokenScope.ADMIN_PUBLIC_KEY);
        try (var client = new CookieClient(url, "")) {
            String form = client.formToken("/settings/sign-in");
            HttpResponse<String> signedIn = client.post("/settings/sign-in", form, "token", token);
            assertThat(signedIn.headers().firstValue("Location")).contains("/settings/keys");
            assertThat(signedIn.headers().firstValue("Set-Cookie").orElseThrow())
                    .matches("gerve=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax");
            String secret = client.cookie().split("=", 2)[1];
            HttpResponse<String> page = client.get("/settings/keys");
            assertThat(page.body()).doesNotContain(token, secret);
            assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(page.headers().firstValue("Referrer-Policy")).contains("same-origin");
            assertThat(page.headers().firstValue("Content-Security-Policy"))
                    .contains(
                            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri"
                                    + " 'none'");
            String id = page.headers().firstValue("X-Request-Id").orElseThrow();
            assertThat(page.body()).contains("<code>" + id + "</code>");
            await().until(() -> site.program().log().contains(id));
            assertThat(site.program().log()).doesNotContain(token, secret);
            assertThat(site.database().sql().fetch(WEB_SESSIONS).toString()).doesNotContain(secret);
        }
    }

    private static void age(CookieClient client, Instant created, Instant seen) {
        byte[] hash = SessionSecret.parse(client.cookie().split("=", 2)[1])
                .orElseThrow()
                .sha256();
        site.database()
                .sql()
                .update(WEB_SESSIONS)
                .set(WEB_SESSIONS.CREATED_AT, created)
                .set(WEB_SESSIONS.SEEN_AT, seen)
                .where(WEB_SESSIONS.SECRET_SHA256.eq(hash))
                .execute();
    }
}
