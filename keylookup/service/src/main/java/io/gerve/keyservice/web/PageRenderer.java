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
 * Makes HTML of templates: the one class that knows Pebble. Templates see maps and the components of records, and nothing else. Safe for
 * use by many threads.
 */
final class PageRenderer {
    private static final String FOLDER = "io/gerve/keyservice/web/";
    private static final List<String> TEMPLATES =
            List.of("sign-in", "keys", "key-new", "key-rename", "key-delete", "repositories", "problem");
    private static final int HASH_DIGITS = 16;

    private final String base;
    private final String styleSheet;
    private final String styleName;
    private final PebbleEngine engine;

    /** @param url of the site */
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
        // A template that is broken is found at start.
        TEMPLATES.forEach(engine::getTemplate);
    }

    /** In the head of each page. */
    record Link(String href, String text, boolean isHere) {}

    String styleSheetName() {
        return styleName;
    }

    /** Its name changes with it, so that it can be kept for ever. */
    HttpResponse style() {
        return HttpResponse.text(HttpResponse.OK, styleSheet, "text/css; charset=utf-8")
                .with("Cache-Control", "public, max-age=31536000, immutable");
    }

    /** @param path of ours */
    HttpResponse redirect(String path) {
        return HttpResponse.empty(303).with("Location", address(path));
    }

    /** What leads a browser to a path of ours, wherever a proxy has put us. */
    String address(String path) {
        return base + path;
    }

    HttpResponse page(int status, String template, PageRequest visit, Map<String, Object> data) {
        var all = new HashMap<>(data);
        switch (visit.principal()) {
            case WebPrincipal.Anonymous _ -> all.putAll(nobody());
            case WebPrincipal.SignedIn member -> {
                all.put("login", member.account().login().text());
                all.put(
                        "links",
                        links(member, "/" + String.join("/", visit.request().path())));
                all.put("notice", member.notice());
            }
        }
        all.put("form_token", visit.principal().secret().formToken());
        return html(status, template, visit.request(), all);
    }

    HttpResponse problem(PageError problem, HttpRequest request) {
        var data = nobody();
        data.put("title", problem.heading());
        data.put("sentence", problem.sentence());
        data.put("form_token", "");
        return html(problem.status(), "problem", request, data);
    }

    private static Map<String, Object> nobody() {
        return new HashMap<>(Map.of("login", "", "links", List.of(), "notice", ""));
    }

    private List<Link> links(WebPrincipal.SignedIn member, String path) {
        List<Link> links = new ArrayList<>();
        if (member.may(TokenScope.READ_PUBLIC_KEY)) {
            links.add(new Link(address(ManagedKeys.OWN), "SSH keys", path.startsWith(ManagedKeys.OWN)));
        }
        if (member.may(TokenScope.REPO)) {
            links.add(new Link(
                    address(ManagedKeys.REPOSITORIES), "Deploy keys", path.startsWith(ManagedKeys.REPOSITORIES)));
        }
        return links;
    }

    private HttpResponse html(int status, String template, HttpRequest request, Map<String, Object> data) {
        data.put("base", base);
        data.put("style", styleName);
        data.put("request", request.id());
        data.putIfAbsent("wrong", List.of());
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
                throw new IllegalStateException("the program has lost its style sheet");
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
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
