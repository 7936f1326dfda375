package io.gerve.keyservice.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.sun.net.httpserver.HttpServer;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.api.GeneratedKeys;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks on the settings page. For attacks on the sign-in see {@link SignInAttacksIT}. */
class SettingsAttacksIT {
    private static final String EVIL =
            "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><a href=javascript:alert(3)>{{ 7*7 }}";

    @TempDir
    private static Path home;

    private static SettingsPageSite site;
    private static URI url;

    private static Chromium chromium;

    @BeforeAll
    static void start() throws Exception {
        site = new SettingsPageSite(home);
        url = site.program().url();
        chromium = new Chromium();
    }

    @AfterAll
    static void stop() {
        chromium.close();
        site.close();
    }

    /** The attack: HTML or template code in a title, path or name runs in the browser of a user who sees it. */
    @Test
    void userTextIsEscaped() throws Exception {
        long tom = site.user("xss");
        RegisteredKeyDetails key = site.key(tom, EVIL, GeneratedKeys.ed25519());
        try (var client = CookieClient.signedIn(url, site.token(tom, TokenScope.ADMIN_PUBLIC_KEY, TokenScope.REPO))) {
            Page page = chromium.newPage(Chromium.DESKTOP, ColorScheme.LIGHT);
            page.setExtraHTTPHeaders(Map.of("Cookie", client.cookie()));
            String id = "/settings/keys/" + key.registered().id();
            for (String path : new String[] {"/settings/keys", id + "/rename", id + "/delete"}) {
                page.navigate(site.url(path));
                assertThat(page.locator("img, script, a[href^=javascript]").count())
                        .as(path)
                        .isZero();
                assertThat(client.get(path).body())
                        .as(path)
                        .contains("&lt;script&gt;", "{{ 7*7 }}")
                        .doesNotContain("<script", "<img");
            }
            page.navigate(site.url("/settings/repositories?name=%3Cscript%3Ealert(1)%3C/script%3E"));
            assertThat(page.getByLabel("Repository").inputValue()).isEqualTo("<script>alert(1)</script>");
            assertThat(page.locator("script").count()).isZero();
            page.navigate(site.url("/settings/%3Cscript%3Ealert(1)%3C/script%3E"));
            assertThat(page.content()).doesNotContain("<script", "alert(1)");
            String form = client.formToken(id + "/rename");
            assertThat(client.post(id + "/rename", form, "title", "a\u202eb").body())
                    .contains("A key&#39;s title has no control characters.");
        }
    }

    /** The attack: a page of another site submits the form that deletes a key, in the browser of a signed-in user. */
    @Test
    void formOfAnotherSiteIsRejected() throws Exception {
        long tom = site.user("csrf");
        RegisteredKeyDetails key = site.key(tom, "Laptop", GeneratedKeys.ed25519());
        String delete = "/settings/keys/" + key.registered().id() + "/delete";
        HttpServer evil = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        evil.createContext("/", exchange -> {
            byte[] html = ("<form method=post action='" + site.url(delete)
                            + "'><input name=form_token value=x><button>Win</button></form>")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, html.length);
            exchange.getResponseBody().write(html);
            exchange.close();
        });
        evil.start();
        try {
            Page page = chromium.newPage(Chromium.DESKTOP, ColorScheme.LIGHT);
            page.navigate(site.url("/settings/sign-in"));
            page.getByLabel("Access token").fill(site.token(tom, TokenScope.ADMIN_PUBLIC_KEY));
            page.locator("main button").click();
            // Another port of the same host, to which browsers send the cookie too, and another site.
            for (String host : new String[] {"127.0.0.1", "localhost"}) {
                page.navigate("http://" + host + ":" + evil.getAddress().getPort() + "/");
                page.getByRole(AriaRole.BUTTON).click();
                page.waitForURL(site.url(delete));
                assertThat(page.locator("h1").textContent()).isEqualTo("Form rejected");
            }
        } finally {
            evil.stop(0);
        }
        assertThat(site.keys(tom)).hasSize(1);
    }

    @Test
    void formWithoutCsrfTokenOfTheBrowserIsRejected() throws Exception {
        long tom = site.user("forger");
        RegisteredKeyDetails key = site.key(tom, "Laptop", GeneratedKeys.ed25519());
        String delete = "/settings/keys/" + key.registered().id() + "/delete";
        String token = site.token(tom, TokenScope.ADMIN_PUBLIC_KEY);
        try (var one = CookieClient.signedIn(url, token);
                var other = CookieClient.signedIn(url, token)) {
            assertThat(one.post(delete, "").statusCode()).isEqualTo(403);
            assertThat(one.post(delete, other.formToken(delete)).statusCode()).isEqualTo(403);
            String own = one.formToken(delete);
            assertThat(one.postFrom("http://evil.example", delete, own).statusCode())
                    .isEqualTo(403);
            assertThat(one.postFrom("null", delete, own).statusCode()).isEqualTo(403);
            assertThat(one.postFromSite("same-site", delete, own).statusCode()).isEqualTo(403);
            assertThat(one.post("/settings/sign-out", "").statusCode()).isEqualTo(403);
            assertThat(one.get(delete + "?form_token=" + own).statusCode()).isEqualTo(200);
            assertThat(site.keys(tom)).hasSize(1);
            assertThat(one.post(delete, own).statusCode()).isEqualTo(303);
            assertThat(site.keys(tom)).isEmpty();
        }
    }

    /** The attack: a user guesses ids to rename and delete the keys of others. */
    @Test
    void keyOfAnotherUserIsNotFound() throws Exception {
        long tom = site.user("owner");
        long eve = site.user("eve");
        RegisteredKeyDetails key = site.key(tom, "Laptop", GeneratedKeys.ed25519());
        long bert = site.repository(tom, "secret");
        String own = "/settings/keys/" + key.registered().id();
        try (var client = CookieClient.signedIn(url, site.token(eve, TokenScope.ADMIN_PUBLIC_KEY, TokenScope.REPO))) {
            String form = client.formToken("/settings/keys/new");
            for (String path :
                    new String[] {own + "/rename", own + "/delete", "/settings/repositories/owner/secret/keys/new"}) {
                assertThat(client.get(path).statusCode()).as(path).isEqualTo(404);
                assertThat(client.post(path, form, "title", "mine", "key", GeneratedKeys.ed25519())
                                .statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
            assertThat(client.get("/settings/repositories/owner/secret/keys").body())
                    .contains("Not found")
                    .doesNotContain("secret");
            site.collaborator(bert, eve, "maintain");
            assertThat(client.get("/settings/repositories/owner/secret/keys").statusCode())
                    .isEqualTo(403);
        }
        assertThat(site.keys(tom).getFirst().registered().title()).isEqualTo("Laptop");
        assertThat(site.deployKeys(bert)).isEmpty();
    }

    /** The attack: a user requests a page that the settings page does not link to for lack of a scope. */
    @Test
    void requestsBeyondTheTokensScopesAreForbidden() throws Exception {
        long tom = site.user("scoped");
        RegisteredKeyDetails key = site.key(tom, "Laptop", GeneratedKeys.ed25519());
        site.repository(tom, "bert");
        String own = "/settings/keys/" + key.registered().id();
        try (var reader = CookieClient.signedIn(url, site.token(tom, TokenScope.READ_PUBLIC_KEY));
                var writer = CookieClient.signedIn(url, site.token(tom, TokenScope.WRITE_PUBLIC_KEY))) {
            String form = reader.formToken("/settings/keys");
            for (String path : new String[] {
                "/settings/keys/new", own + "/rename", own + "/delete", "/settings/repositories/scoped/bert/keys/new"
            }) {
                assertThat(reader.get(path).statusCode()).as(path).isEqualTo(403);
                assertThat(reader.post(path, form, "title", "x", "key", GeneratedKeys.ed25519())
                                .statusCode())
                        .as(path)
                        .isEqualTo(403);
            }
            assertThat(writer.post(own + "/delete", writer.formToken("/settings/keys"))
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(site.keys(tom)).hasSize(1);
        assertThat(site.keys(tom).getFirst().registered().title()).isEqualTo("Laptop");
    }

    @Test
    void unusualPathsDoNotReachOtherPages() throws Exception {
        for (String path : new String[] {
            "/settings/../settings/keys",
            "/settings/..%2fsettings/keys",
            "/settings/%2e%2e/api/v3/user",
            "//settings/keys",
            "/settings//keys",
            "/settings/keys/../../../etc/passwd",
            "/settings/style.css",
            "/settings/style-%2e%2e.css",
            "/settings/keys/1e9/delete",
            "/settings/keys/999999999999999999999/delete",
            "/settings/repositories/..%2f..%2f/keys",
            "/settings\\keys",
            "/settings/keys;x=y",
            "/settings/%00",
            "/%73ettings/layout.html",
        }) {
            String response = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(response).as(path).matches("(?s)HTTP/1.1 (303|400|401|404) .*");
        }
    }

    @Test
    void oversizedOrMalformedFormIsRefused() throws Exception {
        try (var client = new CookieClient(url, "")) {
            HttpResponse<String> huge = client.post("/settings/sign-in", "", "token", "x".repeat(70_000));
            assertThat(huge.statusCode()).isEqualTo(413);
            assertThat(huge.body()).contains("Request too large");
            assertThat(client.get("/settings/sign-out").statusCode()).isEqualTo(405);
        }
        assertThat(raw("POST /settings/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 2\r\n\r\n{}"))
                .startsWith("HTTP/1.1 400")
                .contains("<h1>Bad request</h1>");
    }

    private static String raw(String request) throws Exception {
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String start = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
            socket.shutdownOutput();
            return start + new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
