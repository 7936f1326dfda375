package io.gerve.keyservice.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The browser that the machine has. */
final class Chromium implements AutoCloseable {
    static final int DESKTOP = 1280;
    static final int PHONE = 390;

    private static final Path PICTURES = Path.of("target", "pictures");
    private static final List<String> PLACES = List.of("/usr/bin/chromium", "/usr/bin/chromium-browser");

    private final Playwright playwright =
            Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    private final Browser browser;
    private final String axe;

    Chromium() throws IOException {
        Path program = PLACES.stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("these tests need chromium: apt-get install chromium"));
        this.browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--disable-quic")));
        try (InputStream in = Chromium.class.getResourceAsStream("/axe.min.js")) {
            this.axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A browser in which nobody was before. What the page's author would read of in the console fails the test. */
    Page newVisitor(int width, ColorScheme scheme) {
        return newVisitor(
                new Browser.NewContextOptions().setViewportSize(width, 844).setColorScheme(scheme));
    }

    Page newVisitor(Browser.NewContextOptions options) {
        BrowserContext context = browser.newContext(options.setLocale("en-GB").setTimezoneId("UTC"));
        context.setDefaultTimeout(10_000);
        Page page = context.newPage();
        page.onDialog(dialog -> {
            throw new AssertionError("a script ran: " + dialog.message());
        });
        return page;
    }

    /** Keeps a picture of the whole page for a person to look at. */
    void picture(Page page, String name) throws IOException {
        Files.createDirectories(PICTURES);
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(PICTURES.resolve(name + ".png"))
                .setFullPage(true));
    }

    /** Fails on whatever axe finds that breaks WCAG 2.2 AA or its advice. */
    void examine(Page page) {
        page.evaluate(axe);
        Object found = page.evaluate("""
                async () => (await axe.run(document)).violations
                    .map(rule => rule.id + ": " + rule.nodes.map(node => node.html + " " + node.failureSummary).join(" | "))
                """);
        assertThat((List<?>) found).as(page.url()).isEmpty();
    }

    /** What a finger cannot hit: links and buttons of less than 44 pixels either way, but for links within a sentence. */
    static List<?> tooSmall(Page page) {
        return (List<?>) page.evaluate("""
                () => [...document.querySelectorAll('a, button, input:not([type=hidden]):not([type=checkbox]), textarea, label:has(input)')]
                    .filter(it => it.getBoundingClientRect().bottom > 0)
                    .filter(it => it.getBoundingClientRect().height < 43.5 || it.getBoundingClientRect().width < 43.5)
                    .filter(it => !it.closest('[role=alert]') && !(it.closest('main > p') && !it.matches('a[href$="/new"]')))
                    .map(it => it.outerHTML + ' ' + it.getBoundingClientRect().width + 'x' + it.getBoundingClientRect().height)
                """);
    }

    /** By how many pixels the page is wider than the screen. */
    static int overflow(Page page) {
        return ((Number) page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")).intValue();
    }

    /** Every address that is linked to, for nothing but text to be loaded from elsewhere. */
    static Stream<String> loaded(Page page) {
        return ((List<?>) page.evaluate("() => performance.getEntriesByType('resource').map(it => it.name)"))
                .stream().map(String::valueOf);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
