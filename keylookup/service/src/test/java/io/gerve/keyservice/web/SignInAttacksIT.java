package io.gerve.keyservice.web;

import static io.gerve.sql.schema.Tables.WEB_SESSIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.keylookup.token.AccessToken;
import io.gerve.keylookup.token.TokenDetails;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.RunningKeylookup;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is tried against signing in, and against what a browser holds then. */
class SignInAttacksIT {
    @TempDir
    private static Path home;

    private static SettingsPageSite site;
    private static URI url;

    /** On the same database; it may still be starting. */
    private static RunningKeylookup second;

    @BeforeAll
    static void start() throws Exception {
        site = new SettingsPageSite(home);
        url = site.program().url();
        second = site.another("second", "failed_sign_ins_per_hour = 3");
    }

    @AfterAll
    static void stop() {
        second.close();
        site.close();
    }

    /** The attack: somebody signs a victim in with the attacker's account, so that the victim adds their key to it. */
    @Test
    void nobodyIsSignedInByAnothersForm() throws Exception {
        String token = site.token(site.user("login_csrf"), TokenScope.ADMIN_PUBLIC_KEY);
        try (var attacker = new Browsing(url, "");
                var victim = new Browsing(url, "")) {
            String form = attacker.formToken("/settings/sign-in");
            victim.get("/settings/sign-in");
            assertThat(victim.post("/settings/sign-in", form, "token", token).statusCode())
                    .isEqualTo(403);
        }
    }

    /** The attack: a cookie that the attacker planted, and knows, becomes the victim's session. */
    @Test
    void signingInMakesAnotherSecretThanTheBrowserHad() throws Exception {
        String token = site.token(site.user("fixed"), TokenScope.ADMIN_PUBLIC_KEY);
        try (var attacker = new Browsing(url, "")) {
            attacker.get("/settings/sign-in");
            try (var victim = new Browsing(url, attacker.cookie());
                    var planted = new Browsing(url, attacker.cookie())) {
                assertThat(victim.signIn(token).statusCode()).isEqualTo(303);
                assertThat(victim.get("/settings/keys").statusCode()).isEqualTo(200);
                assertThat(victim.cookie()).isNotEqualTo(planted.cookie());
                assertThat(planted.get("/settings/keys").statusCode()).isEqualTo(303);
                String signedInBefore = victim.cookie();
                try (var again = new Browsing(url, signedInBefore)) {
                    String form = again.formToken("/settings/keys");
                    assertThat(again.post("/settings/sign-in", form, "token", token)
                                    .statusCode())
                            .isEqualTo(303);
                }
                assertThat(victim.get("/settings/keys").statusCode()).isEqualTo(303);
            }
        }
    }

    /** Any instance knows who is signed in, also after a restart, and none does once they signed out or the token was revoked. */
    @Test
    void aSessionEndsEverywhereAtOnce() throws Exception {
        long tom = site.user("roamer");
        String token = site.token(tom, TokenScope.READ_PUBLIC_KEY);
        second.untilItServes();
        try (var one = Browsing.signedIn(url, token);
                var other = Browsing.signedIn(url, token)) {
            var copy = new Browsing(second.url(), one.cookie());
            assertThat(copy.get("/settings/keys").statusCode()).isEqualTo(200);
            assertThat(one.post("/settings/sign-out", one.formToken("/settings/keys"))
                            .statusCode())
                    .isEqualTo(303);
            assertThat(copy.get("/settings/keys").statusCode()).isEqualTo(303);
            other.moveTo(second.url());
            assertThat(other.get("/settings/keys").statusCode()).isEqualTo(200);
            TokenDetails known = site.tokens().ofAccount(tom).getFirst();
            site.tokens().revoke(known.id(), SettingsPageSite.OPERATOR);
            assertThat(other.get("/settings/keys").statusCode()).isEqualTo(303);
            other.moveTo(url);
            assertThat(other.get("/settings/keys").statusCode()).isEqualTo(303);
            copy.close();
        }
    }

    @Test
    void aSessionEndsWithItsTimeAndWithTheAccount() throws Exception {
        long tom = site.user("sleeper");
        String token = site.token(tom, TokenScope.READ_PUBLIC_KEY);
        try (var one = Browsing.signedIn(url, token)) {
            age(one, Instant.now().minusSeconds(3605), Instant.now());
            assertThat(one.get("/settings/keys").statusCode()).isEqualTo(200);
            age(one, Instant.now().minusSeconds(3605), Instant.now().minusSeconds(3600));
            assertThat(one.get("/settings/keys").statusCode()).isEqualTo(303);
            one.signIn(token);
            age(one, Instant.now().minusSeconds(12 * 3600 + 5), Instant.now());
            assertThat(one.get("/settings/keys").statusCode()).isEqualTo(303);
            one.signIn(token);
            site.suspend("sleeper", "Unpaid.");
            HttpResponse<String> told = one.get("/settings/keys");
            assertThat(told.statusCode()).isEqualTo(403);
            assertThat(told.body()).contains("Your account was suspended", "Unpaid.");
            assertThat(one.signIn(token).statusCode()).isEqualTo(403);
        }
    }

    /** The attack: tokens are tried one after the other. Whoever has a good one is not held up by having signed in often. */
    @Test
    void whoTriesTokensIsStopped() throws Exception {
        String token = site.token(site.user("guessed"), TokenScope.READ_PUBLIC_KEY);
        try (RunningKeylookup strict =
                        site.another("strict", "failed_sign_ins_per_hour = 3").untilItServes();
                var visiting = new Browsing(strict.url(), "")) {
            for (int i = 0; i < 5; i++) {
                Browsing.signedIn(second.url(), token).close();
            }
            String stranger = AccessToken.generate(new SecureRandom()).secret();
            for (String wrong : new String[] {"secret", stranger, site.serviceToken()}) {
                HttpResponse<String> refused = visiting.signIn(wrong);
                assertThat(refused.statusCode()).isEqualTo(422);
                assertThat(refused.body()).doesNotContain(wrong);
            }
            assertThat(visiting.signIn(token).statusCode()).isEqualTo(429);
        }
    }

    /** The attack: secrets are read where they were left: in logs, caches, the database, the address bar. */
    @Test
    void secretsAreNotLeftAbout() throws Exception {
        String token = site.token(site.user("careful"), TokenScope.ADMIN_PUBLIC_KEY);
        try (var visiting = new Browsing(url, "")) {
            String form = visiting.formToken("/settings/sign-in");
            HttpResponse<String> signedIn = visiting.post("/settings/sign-in", form, "token", token);
            assertThat(signedIn.headers().firstValue("Location")).contains("/settings/keys");
            assertThat(signedIn.headers().firstValue("Set-Cookie").orElseThrow())
                    .matches("gerve=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax");
            String secret = visiting.cookie().split("=", 2)[1];
            HttpResponse<String> page = visiting.get("/settings/keys");
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

    private static void age(Browsing visiting, Instant created, Instant seen) {
        byte[] hash = SessionSecret.parse(visiting.cookie().split("=", 2)[1])
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
