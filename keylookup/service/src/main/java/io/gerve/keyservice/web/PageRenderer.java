package io.gerve.keyservice.web;

import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.HttpResponse;
import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Renderer of HTML pages from templates. The only class that uses Pebble. Templates get maps and records, nothing else.
 * Safe for use by many threads.
 */
final class PageRenderer {
    private static final String FOLDER = "io/gerve/keyservice/web/";
    private static final List<String> TEMPLATES =
            List.of("sign-in", "keys", "key-new", "key-rename", "key-delete", "repositories", "error");
    private static final int HASH_DIGITS = 16;

    private final String base;
    private final String styleSheet;
    private final String styleName;
    private final PebbleEngine engine;

    /**
     * Compiles all templates.
     *
     * @param url {@code keylookup.url}
     */
    PageRenderer(URI url) {
        this.base = url.getRawPath();
        this.styleSheet = styleSheet();
        this.styleName = "style-" + hash(styleSheet) + ".css";
        var loader = new ClasspathLoader(PageRenderer.class.getClassLoader());
        loader.setPrefix(FOLDER);
        loader.setSuffix(".html");
        this.engine = new PebbleEngine.Builder()
                .loader(loader)
                .autoEscaping(true)
                .strictVariables(true)
                .defaultLocale(Locale.ROOT)
                .build();
        // Report an invalid template at start.
        TEMPLATES.forEach(engine::getTemplate);
    }

    /**
     * Link to a page.
     *
     * @param isHere whether the link leads to the current page
     */
    record Link(String href, String text, boolean isHere) {}

    String styleSheetName() {
        return styleName;
    }

    /** Returns the style sheet. Browsers can cache it for ever, because its name contains its hash. */
    HttpResponse style() {
        return HttpResponse.text(HttpResponse.OK, styleSheet, "text/css; charset=utf-8")
                .with("Cache-Control", "public, max-age=31536000, immutable");
    }

    /**
     * Returns a redirect to a page.
     *
     * @param path the path below {@code keylookup.url}
     */
    HttpResponse redirect(String path) {
        return HttpResponse.empty(303).with("Location", address(path));
    }

    /** Returns the path as browsers see it, with the path prefix of {@code keylookup.url}. */
    String address(String path) {
        return base + path;
    }

    HttpResponse page(int status, String template, PageRequest page, Map<String, Object> data) {
        var all = new HashMap<>(data);
        switch (page.principal()) {
            case WebPrincipal.Anonymous _ -> all.putAll(signedOutData());
            case WebPrincipal.SignedIn signedIn -> {
                all.put("login", signedIn.account().login().text());
                all.put(
                        "links",
                        links(signedIn, "/" + String.join("/", page.request().path())));
                all.put("notice", signedIn.notice());
            }
        }
        all.put("form_token", page.principal().secret().formToken());
        return html(status, template, page.request(), all);
    }

    HttpResponse error(PageError error, HttpRequest request) {
        var data = signedOutData();
        data.put("title", error.heading());
        data.put("message", error.message());
        data.put("form_token", "");
        return html(error.status(), "error", request, data);
    }

    private static Map<String, Object> signedOutData() {
        return new HashMap<>(Map.of("login", "", "links", List.of(), "notice", ""));
    }

    private List<Link> links(WebPrincipal.SignedIn signedIn, String path) {
        List<Link> links = new ArrayList<>();
        if (signedIn.may(TokenScope.READ_PUBLIC_KEY)) {
            links.add(new Link(address(ManagedKeys.OWN), "SSH keys", path.startsWith(ManagedKeys.OWN)));
        }
        if (signedIn.may(TokenScope.REPO)) {
            links.add(new Link(
                    address(ManagedKeys.REPOSITORIES), "Deploy keys", path.startsWith(ManagedKeys.REPOSITORIES)));
        }
        return links;
    }

    private HttpResponse html(int status, String template, HttpRequest request, Map<String, Object> data) {
        data.put("base", base);
        data.put("style", styleName);
        data.put("request", request.id());
        data.putIfAbsent("invalid_fields", List.of());
        var html = new StringWriter();
        try {
            engine.getTemplate(template).evaluate(html, data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return HttpResponse.text(status, html.toString(), "text/html; charset=utf-8");
    }

    private static String styleSheet() {
        try (InputStream in = PageRenderer.class.getResourceAsStream("style.css")) {
            if (in == null) {
                throw new IllegalStateException("Cannot find style.css in the program's jar file");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is missing, which every Java platform provides", e);
        }
    }
}
