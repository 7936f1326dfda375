package io.gerve.keyservice.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.keyservice.http.HttpRequest;
import java.net.InetAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Renders each template: the compiler does not check the names that templates use for components of records. */
class PageRendererTest {
    private static final KeyView KEY = new KeyView(
            7,
            "Laptop",
            "Ed25519",
            "SHA256:x",
            new KeyView.Time("2026-03-29T01:30:00Z", "29 Mar 2026, 01:30 UTC"),
            "tom",
            new KeyView.Time("", "Never"),
            new KeyView.Time("2030-01-31T00:00:00Z", "end of 30 Jan 2030 UTC"),
            "This key was revoked.",
            List.of(new KeyView.Issue("It is short.", false), new KeyView.Issue("It is compromised.", true)),
            "Read only",
            true,
            true);

    private final PageRenderer pages = new PageRenderer(URI.create("https://git.example/keys"));
    private final FormField field = FormField.empty("title", "Title", "A hint").with("<b>", "Too long.");

    @Test
    void listOfKeysShowsProblemIssuesAndAccess() {
        String html = render(
                "keys",
                Map.of(
                        "keys",
                        List.of(KEY),
                        "may_add",
                        true,
                        "may_delete",
                        true,
                        "previous",
                        1,
                        "next",
                        3,
                        "is_own",
                        false));
        assertThat(html)
                .contains(
                        "<strong>This key was revoked.</strong>",
                        "<em>Warning: It is short.</em>",
                        "<strong>It is compromised.</strong>",
                        "Also gives access to other repositories.",
                        "datetime=\"2030-01-31T00:00:00Z\"",
                        "Read only",
                        "?page=3");
    }

    @Test
    void deletionOfSharedDeployKeySaysThatItWorksForOtherRepositories() {
        assertThat(render("key-delete", Map.of("key", KEY, "is_own", false)))
                .contains("It continues to work for other repositories.");
        assertThat(render("key-delete", Map.of("key", KEY, "is_own", true)))
                .contains("nobody but you can add the key again");
    }

    @Test
    void formsShowValueAndErrorOfField() {
        assertThat(render("key-rename", Map.of("key", KEY, "field", field, "invalid_fields", List.of(field))))
                .contains("value=\"&lt;b&gt;\"", "Error: Too long.", "There is a problem", "href=\"#title\"");
        assertThat(render("key-new", Map.of("fields", NewKeyForm.EMPTY, "is_own", false)))
                .contains("Allow pushing", "aria-describedby=\"key-hint ");
        assertThat(render("sign-in", Map.of("field", field, "status_message", "You have signed out.")))
                .contains("<p role=\"status\">You have signed out.</p>");
        var links = List.of(new PageRenderer.Link("/keys/settings/x", "mojombo/bert", false));
        assertThat(render("repositories", Map.of("field", field, "repositories", links, "is_truncated", true)))
                .contains("mojombo/bert", "Only the first repositories are shown.");
    }

    @Test
    void errorPageShowsHeadingMessageAndRequest() {
        assertThat(pages.error(PageError.notFound(), request()).body())
                .contains("<h1>Not found</h1>", "This page does not exist", "<code>id</code>");
    }

    private String render(String template, Map<String, Object> data) {
        var all = new HashMap<String, Object>(
                Map.of("title", "Title", "heading", "Heading", "path", "/keys/settings/keys", "is_own", true));
        all.putAll(data);
        var principal = new WebPrincipal.Anonymous(SessionSecret.generate(new SecureRandom()), "192.0.2.1");
        var page = new PageRequest(request(), Map.of(), principal, SubmittedForm.EMPTY);
        return pages.page(200, template, page, all).body();
    }

    private static HttpRequest request() {
        return new HttpRequest(
                "id",
                "GET",
                List.of("settings"),
                Map.of(),
                Map.of(),
                InetAddress.getLoopbackAddress(),
                () -> new byte[0]);
    }
}
