package io.gerve.keyservice.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP client that keeps the cookie like a browser, but can send requests that no browser would send. */
final class CookieClient implements AutoCloseable {
    private static final Pattern FORM_TOKEN = Pattern.compile("name=\"form_token\" value=\"([^\"]+)\"");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private URI site;
    private String cookie;

    /** @param cookie the value of the Cookie header, empty for none */
    CookieClient(URI site, String cookie) {
        this.site = site;
        this.cookie = cookie;
    }

    static CookieClient signedIn(URI site, String token) throws Exception {
        var client = new CookieClient(site, "");
        assertThat(client.signIn(token).statusCode()).isEqualTo(303);
        return client;
    }

    HttpResponse<String> signIn(String token) throws Exception {
        String form = formToken("/settings/sign-in");
        return post("/settings/sign-in", form, "token", token);
    }

    String cookie() {
        return cookie;
    }

    void switchTo(URI other) {
        site = other;
    }

    /** Returns the CSRF token on the page at the path. */
    String formToken(String path) throws Exception {
        Matcher matcher = FORM_TOKEN.matcher(get(path).body());
        assertThat(matcher.find()).as(path).isTrue();
        return matcher.group(1);
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(site + path)).GET());
    }

    /** @param fields name, value, name, value … */
    HttpResponse<String> post(String path, String formToken, String... fields) throws Exception {
        return postFrom(site.toString(), path, formToken, fields);
    }

    HttpResponse<String> postFrom(String origin, String path, String formToken, String... fields) throws Exception {
        List<String> pairs = new ArrayList<>(List.of("form_token=" + encoded(formToken)));
        for (int i = 0; i < fields.length; i += 2) {
            pairs.add(fields[i] + "=" + encoded(fields[i + 1]));
        }
        return send(HttpRequest.newBuilder(URI.create(site + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", origin)
                .POST(HttpRequest.BodyPublishers.ofString(String.join("&", pairs))));
    }

    /** @param site value of Sec-Fetch-Site, which browsers send over https */
    HttpResponse<String> postFromSite(String site, String path, String formToken) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(this.site + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", this.site.toString())
                .header("Sec-Fetch-Site", site)
                .POST(HttpRequest.BodyPublishers.ofString("form_token=" + encoded(formToken))));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        if (!cookie.isEmpty()) {
            request.header("Cookie", cookie);
        }
        var response =
                client.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
        response.headers().firstValue("Set-Cookie").ifPresent(set -> cookie = set.split(";", 2)[0]);
        return response;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
