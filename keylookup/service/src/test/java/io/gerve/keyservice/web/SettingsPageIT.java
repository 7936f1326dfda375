package io.gerve.keyservice.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.gerve.keylookup.directory.DeployKeyAccess;
import io.gerve.keylookup.directory.RegisteredKeyDetails;
import io.gerve.keylookup.store.NewKey;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.keyservice.api.GeneratedKeys;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses the settings page in a real browser against the running program. */
class SettingsPageIT {
    private static final TokenScope[] ALL = {TokenScope.ADMIN_PUBLIC_KEY, TokenScope.REPO};

    @TempDir
    private static Path home;

    private static SettingsPageSite site;
    private static Chromium chromium;

    @BeforeAll
    static void start() throws Exception {
        site = new SettingsPageSite(home);
        chromium = new Chromium();
    }

    @AfterAll
    static void stop() throws Exception {
        chromium.close();
        site.close();
    }

    /** Uses the keyboard only, with scripts disabled. */
    @Test
    void allStepsWorkWithKeyboardAndWithoutScripts() throws Exception {
        long tom = site.user("keyboard");
        String token = site.token(tom, ALL);
        Page page = chromium.newPage(new Browser.NewContextOptions().setJavaScriptEnabled(false));
        page.navigate(site.url("/"));
        assertThat(page).hasTitle("Sign in – Gerve");
        page.keyboard().press("Tab");
        assertThat(page.getByText("Skip to content")).isFocused();
        page.keyboard().press("Tab");
        page.keyboard().type(token);
        page.keyboard().press("Enter");
        assertThat(heading(page)).hasText("Your SSH keys");
        tabTo(page, page.getByRole(AriaRole.LINK, named("Add an SSH key")));
        page.keyboard().press("Enter");
        assertThat(page).hasTitle("Add an SSH key – Gerve");
        tabTo(page, page.getByLabel("Public key"));
        page.keyboard().insertText(GeneratedKeys.ed25519() + " tom@laptop\n");
        tabTo(page, page.getByRole(AriaRole.BUTTON, named("Add an SSH key")));
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("The key “tom@laptop” was added.");
        assertThat(page.getByRole(AriaRole.ROW)).hasCount(2);
        page.reload();
        assertThat(page.getByRole(AriaRole.STATUS)).hasCount(0);
        tabTo(page, page.getByRole(AriaRole.LINK, named("Rename tom@laptop")));
        page.keyboard().press("Enter");
        tabTo(page, page.getByLabel("Title"));
        page.keyboard().press("Control+a");
        page.keyboard().type("Old laptop");
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("The key was renamed to “Old laptop”.");
        tabTo(page, page.getByRole(AriaRole.LINK, named("Delete Old laptop")));
        page.keyboard().press("Enter");
        assertThat(heading(page)).hasText("Delete this key?");
        assertThat(site.keys(tom)).hasSize(1);
        tabTo(page, page.getByRole(AriaRole.BUTTON, named("Delete the key")));
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("The key “Old laptop” was deleted.");
        assertThat(site.keys(tom)).isEmpty();
        tabTo(page, page.getByRole(AriaRole.BUTTON, named("Sign out")));
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("You have signed out.");
        page.navigate(site.url("/settings/keys"));
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("Please sign in to continue.");
        page.context().close();
    }

    @Test
    void errorsAreShownAtTheTopAndBesideTheField() throws Exception {
        Page page = signedIn("mis.taken", ALL);
        page.navigate(site.url("/settings/keys/new"));
        page.getByLabel("Public key").fill("ssh-ed25519 AAAA");
        page.getByLabel("Last day").fill("2020-01-31");
        submit(page);
        assertThat(page).hasTitle("Error: Add an SSH key – Gerve");
        assertThat(page.getByRole(AriaRole.ALERT)).isFocused();
        assertThat(page.getByLabel("Public key")).hasAttribute("aria-invalid", "true");
        assertThat(page.getByLabel("Public key")).hasAccessibleDescription(Pattern.compile(".pub.*Error: .+"));
        assertThat(page.getByLabel("Last day"))
                .hasAccessibleDescription(Pattern.compile("Error: The last day must be today"));
        assertThat(page.getByLabel("Last day")).hasValue("2020-01-31");
        assertThat(page.getByLabel("Title")).not().hasAttribute("aria-invalid", "true");
        chromium.checkAccessibility(page);
        chromium.screenshot(page, "add-wrong-desktop");
        page.getByRole(AriaRole.ALERT).getByRole(AriaRole.LINK).last().click();
        assertThat(page.getByLabel("Last day")).isFocused();
        String key = GeneratedKeys.ed25519();
        page.getByLabel("Public key").fill(key);
        page.getByLabel("Last day")
                .fill(LocalDate.now(ZoneOffset.UTC).plusDays(1).toString());
        submit(page);
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("The key “(untitled)” was added.");
        page.navigate(site.url("/settings/keys/new"));
        page.getByLabel("Public key").fill(key);
        submit(page);
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("in the list already");
        assertThat(page.getByLabel("Public key")).hasValue(key);
        page.getByLabel("Public key").fill("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAA");
        submit(page);
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("This is a PRIVATE key");
        assertThat(page.content()).doesNotContain("b3BlbnNzaC1rZXk");
        page.getByLabel("Public key").fill("Public-Lines: 2\nAAAA");
        submit(page);
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("Open the file in PuTTYgen");
        page.getByLabel("Public key")
                .fill("\ufeff---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"From PuTTY\"\n"
                        + GeneratedKeys.ed25519().split(" ", -1)[1] + "\n---- END SSH2 PUBLIC KEY ----");
        submit(page);
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("The key “From PuTTY” was added.");
        page.context().close();
    }

    @Test
    void listShowsUseExpiryWarningsAndRevocation() throws Exception {
        long tom = site.user("lister");
        RegisteredKeyDetails laptop = site.key(tom, "Laptop", GeneratedKeys.ed25519());
        site.used(laptop, Instant.parse("2026-03-29T01:30:00Z"));
        site.key(tom, "Old server", GeneratedKeys.rsa(2048));
        site.key(new NewKey.ForAccount(tom), "Guest", GeneratedKeys.ed25519(), Instant.parse("2024-02-01T00:00:00Z"));
        site.revoke(site.key(tom, "Lost phone", GeneratedKeys.ed25519()), "Reported stolen");
        Page page = signedInAs(site.token(tom, ALL), Chromium.DESKTOP, ColorScheme.LIGHT);
        Locator first = page.getByRole(AriaRole.ROW).nth(1);
        assertThat(first).containsText("Ed25519");
        assertThat(first).containsText(laptop.registered().fingerprint().text());
        assertThat(first).containsText("29 Mar 2026, 01:30 UTC");
        assertThat(first).containsText("Never");
        Locator second = page.getByRole(AriaRole.ROW).nth(2);
        assertThat(second).containsText("RSA, 2048 bits");
        assertThat(second).containsText("Warning: This RSA key has 2048 bits");
        Locator third = page.getByRole(AriaRole.ROW).nth(3);
        assertThat(third).containsText("end of 31 Jan 2024 UTC");
        assertThat(third).containsText("This key has expired");
        assertThat(page.getByRole(AriaRole.ROW).nth(4)).containsText("Reason: Reported stolen");
        page.context().close();
    }

    @Test
    void administratorManagesDeployKeys() throws Exception {
        long tom = site.user("deployer");
        long bert = site.repository(tom, "bert");
        long other = site.repository(site.user("stranger"), "other");
        Page page = signedInAs(site.token(tom, ALL), Chromium.DESKTOP, ColorScheme.LIGHT);
        page.getByRole(AriaRole.LINK, named("Deploy keys")).click();
        page.getByLabel("Repository").fill("stranger/other");
        page.getByRole(AriaRole.BUTTON, named("Show deploy keys")).click();
        assertThat(page.getByLabel("Repository"))
                .hasAccessibleDescription(Pattern.compile("There is no such repository"));
        page.getByRole(AriaRole.LINK, named("deployer/bert")).click();
        page.getByRole(AriaRole.LINK, named("Add a deploy key")).click();
        page.getByLabel("Public key").fill(GeneratedKeys.ed25519() + " builder");
        page.getByLabel("Allow pushing").check();
        submit(page);
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("The key “builder” was added.");
        assertThat(page.getByRole(AriaRole.ROW).nth(1)).containsText("Read and write");
        assertThat(page.getByRole(AriaRole.ROW).nth(1)).containsText("by deployer");
        page.getByRole(AriaRole.LINK, named("Rename builder")).click();
        page.getByLabel("Title").fill("CI");
        submit(page);
        site.key(
                new NewKey.ForRepositories(Map.of(bert, DeployKeyAccess.READ_ONLY, other, DeployKeyAccess.READ_WRITE)),
                "shared",
                GeneratedKeys.ed25519(),
                Instant.MAX);
        page.reload();
        Locator shared = page.getByRole(AriaRole.ROW).nth(2);
        assertThat(shared).containsText("Also gives access to other repositories.");
        assertThat(shared).not().containsText("other/");
        assertThat(shared.getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Rename shared")))
                .hasCount(0);
        chromium.screenshot(page, "deploy-keys-desktop");
        shared.getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName("Delete shared"))
                .click();
        assertThat(page.getByText("It continues to work for other repositories."))
                .isVisible();
        page.getByRole(AriaRole.BUTTON, named("Delete the key")).click();
        assertThat(page.getByRole(AriaRole.STATUS)).hasText("The key “shared” was deleted.");
        assertThat(site.deployKeys(bert)).hasSize(1);
        assertThat(site.deployKeys(other)).hasSize(1);
        page.context().close();
    }

    @Test
    void onlyActionsWithinTheTokensScopesAreOffered() throws Exception {
        long tom = site.user("limited");
        RegisteredKeyDetails key = site.key(tom, "Laptop", GeneratedKeys.ed25519());
        Page page = signedInAs(site.token(tom, TokenScope.READ_PUBLIC_KEY), Chromium.DESKTOP, ColorScheme.LIGHT);
        assertThat(page.getByText("Laptop")).isVisible();
        assertThat(page.getByRole(AriaRole.MAIN).locator("a, button")).hasCount(0);
        assertThat(page.getByRole(AriaRole.LINK, named("Deploy keys"))).hasCount(0);
        page.navigate(site.url("/settings/keys/" + key.registered().id() + "/delete"));
        assertThat(heading(page)).hasText("Not allowed");
        assertThat(page.getByRole(AriaRole.MAIN)).containsText("admin:public_key");
        chromium.checkAccessibility(page);
        chromium.screenshot(page, "not-allowed-desktop");
        page.context().close();
        page = signedInAs(site.token(tom, TokenScope.WRITE_PUBLIC_KEY), Chromium.DESKTOP, ColorScheme.LIGHT);
        assertThat(page.getByRole(AriaRole.LINK, named("Rename Laptop"))).isVisible();
        assertThat(page.getByRole(AriaRole.LINK, named("Delete Laptop"))).hasCount(0);
        page.context().close();
        page = signedInAs(site.token(tom, TokenScope.REPO), Chromium.DESKTOP, ColorScheme.LIGHT);
        assertThat(heading(page)).hasText("Deploy keys");
        assertThat(page.getByRole(AriaRole.LINK, named("SSH keys"))).hasCount(0);
        page.context().close();
    }

    @Test
    void longListHasPages() throws Exception {
        long tom = site.user("collector");
        for (int i = 1; i <= 31; i++) {
            site.key(tom, "key " + i, GeneratedKeys.ed25519());
        }
        Page page = signedInAs(site.token(tom, ALL), Chromium.DESKTOP, ColorScheme.LIGHT);
        assertThat(page.getByRole(AriaRole.ROW)).hasCount(31);
        page.getByRole(AriaRole.LINK, named("Next keys")).click();
        assertThat(page.getByRole(AriaRole.ROW)).hasCount(2);
        assertThat(page.getByRole(AriaRole.ROW).last()).containsText("key 31");
        page.getByRole(AriaRole.LINK, named("Previous keys")).click();
        assertThat(page.getByRole(AriaRole.ROW)).hasCount(31);
        page.context().close();
    }

    /**
     * Checks each page, wide and narrow, light and dark: accessible, no horizontal scrolling, nothing loaded from
     * elsewhere.
     */
    @Test
    void everyPageIsAccessibleOnEveryScreen() throws Exception {
        long tom = site.user("mojombo");
        site.repository(tom, "bert");
        RegisteredKeyDetails laptop = site.key(tom, "Laptop", GeneratedKeys.ed25519());
        site.used(laptop, Instant.parse("2026-03-29T01:30:00Z"));
        site.key(tom, "Build server in the cellar", GeneratedKeys.rsa(2048));
        site.revoke(site.key(tom, "Lost phone", GeneratedKeys.ed25519()), "Reported stolen");
        site.key(tom, "x".repeat(255), GeneratedKeys.ed25519());
        String token = site.token(tom, ALL);
        checkPage(chromium.newPage(Chromium.DESKTOP, ColorScheme.LIGHT), "/settings/sign-in", "sign-in-desktop");
        checkPage(chromium.newPage(Chromium.PHONE, ColorScheme.DARK), "/settings/sign-in", "sign-in-phone-dark");
        String key = "/settings/keys/" + laptop.registered().id();
        for (boolean isPhone : new boolean[] {false, true}) {
            Page page = isPhone
                    ? signedInAs(token, Chromium.PHONE, ColorScheme.DARK)
                    : signedInAs(token, Chromium.DESKTOP, ColorScheme.LIGHT);
            String screen = isPhone ? "-phone-dark" : "-desktop";
            checkPage(page, "/settings/keys", "keys" + screen);
            checkPage(page, "/settings/keys/new", "add" + screen);
            checkPage(page, key + "/rename", "rename" + screen);
            checkPage(page, key + "/delete", "delete" + screen);
            checkPage(page, "/settings/repositories", "repositories" + screen);
            checkPage(page, "/settings/repositories/mojombo/bert/keys", "no-deploy-keys" + screen);
            checkPage(page, "/settings/repositories/mojombo/bert/keys/new", "add-deploy-key" + screen);
            checkPage(page, "/settings/nothing", "not-found" + screen);
            page.emulateMedia(
                    new Page.EmulateMediaOptions().setColorScheme(isPhone ? ColorScheme.LIGHT : ColorScheme.DARK));
            checkPage(page, "/settings/keys", "keys" + (isPhone ? "-phone" : "-desktop-dark"));
            page.context().close();
        }
    }

    private static void checkPage(Page page, String path, String screenshot) throws Exception {
        List<String> console = new ArrayList<>();
        page.onConsoleMessage(message -> console.add(message.text()));
        page.navigate(site.url(path));
        chromium.checkAccessibility(page);
        assertThat(page.locator("h1")).hasCount(1);
        assertThat(page.locator("script, [style], style, [onclick]")).hasCount(0);
        assertThat(Chromium.overflow(page)).as(screenshot).isZero();
        if (page.viewportSize().width == Chromium.PHONE) {
            assertThat(Chromium.tooSmall(page)).as(screenshot).isEmpty();
        }
        assertThat(Chromium.loadedResources(page)).allMatch(url -> url.startsWith(site.url("/settings/style-")));
        assertThat(console)
                .filteredOn(line -> !line.contains("404 (Not Found)"))
                .isEmpty();
        chromium.screenshot(page, screenshot);
    }

    private static Page signedIn(String login, TokenScope... scopes) throws Exception {
        return signedInAs(site.token(site.user(login), scopes), Chromium.DESKTOP, ColorScheme.LIGHT);
    }

    private static Page signedInAs(String token, int width, ColorScheme scheme) {
        Page page = chromium.newPage(width, scheme);
        page.navigate(site.url("/settings/sign-in"));
        page.getByLabel("Access token").fill(token);
        page.getByRole(AriaRole.BUTTON, named("Sign in")).click();
        assertThat(page.getByText("Signed in as")).isVisible();
        assertThat(page.url()).doesNotContain(token);
        return page;
    }

    private static void submit(Page page) {
        page.locator("main form button").click();
    }

    /** Presses Tab until the target has the focus. Fails if the keyboard cannot reach it. */
    private static void tabTo(Page page, Locator target) {
        for (int i = 0; i < 40; i++) {
            page.keyboard().press("Tab");
            if (target.and(page.locator(":focus")).count() == 1) {
                return;
            }
        }
        throw new AssertionError("the keyboard does not reach " + target);
    }

    private static Locator heading(Page page) {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1));
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }
}
