package io.gerve.keyservice.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The installed Chromium browser. */
final class Chromium implements AutoCloseable {
    static final int DESKTOP = 1280;
    static final int PHONE = 390;

    private static final double TIMEOUT_MS = 60_000;

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final List<String> PATHS = List.of("/usr/bin/chromium", "/usr/bin/chromium-browser");

    private final Playwright playwright =
            Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    private final Browser browser;
    private final String axe;

    Chromium() throws IOException {
        PlaywrightAssertions.setDefaultAssertionTimeout(TIMEOUT_MS);
        Path program = PATHS.stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "Cannot find chromium, which these tests need. Run: apt-get install chromium"));
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

    /** Opens a page in a new browser profile. A dialog fails the test, because only a script can open one. */
    Page newPage(int width, ColorScheme scheme) {
        return newPage(
                new Browser.NewContextOptions().setViewportSize(width, 844).setColorScheme(scheme));
    }

    Page newPage(Browser.NewContextOptions options) {
        BrowserContext context = browser.newContext(options.setLocale("en-GB").setTimezoneId("UTC"));
        context.setDefaultTimeout(TIMEOUT_MS);
        Page page = context.newPage();
        page.onDialog(dialog -> {
            throw new AssertionError("a script ran: " + dialog.message());
        });
        return page;
    }

    /** Saves a screenshot of the whole page, for a person to look at. */
    void screenshot(Page page, String name) throws IOException {
        Files.createDirectories(SCREENSHOTS);
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SCREENSHOTS.resolve(name + ".png"))
                .setFullPage(true));
    }

    /** Fails if axe finds a violation of WCAG 2.2 AA or of its best practices. */
    void checkAccessibility(Page page) {
        page.evaluate(axe);
        Object violations = page.evaluate("""
                async () => (await axe.run(document)).violations
                    .map(rule => rule.id + ": " + rule.nodes.map(node => node.html + " " + node.failureSummary).join(" | "))
                """);
        assertThat((List<?>) violations).as(page.url()).isEmpty();
    }

    /**
     * Returns links and controls smaller than 44 by 44 pixels, which are hard to tap. Links within a sentence are
     * exempt.
     */
    static List<?> tooSmall(Page page) {
        return (List<?>) page.evaluate("""
                () => [...document.querySelectorAll('a, button, input:not([type=hidden]):not([type=checkbox]), textarea, label:has(input)')]
                    .filter(it => it.getBoundingClientRect().bottom > 0)
                    .filter(it => it.getBoundingClientRect().height < 43.5 || it.getBoundingClientRect().width < 43.5)
                    .filter(it => !it.closest('[role=alert]') && !(it.closest('main > p') && !it.matches('a[href$="/new"]')))
                    .map(it => it.outerHTML + ' ' + it.getBoundingClientRect().width + 'x' + it.getBoundingClientRect().height)
                """);
    }

    /** Returns by how many pixels the page is wider than the screen. */
    static int overflow(Page page) {
        return ((Number) page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")).intValue();
    }

    /** Returns the URLs of all resources that the page loaded. */
    static Stream<String> loadedResources(Page page) {
        return ((List<?>) page.evaluate("() => performance.getEntriesByType('resource').map(it => it.name)"))
                .stream().map(String::valueOf);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
