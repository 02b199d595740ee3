package io.waypass.sandbox;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.LoadState;
import io.waypass.testing.Executables;
import io.waypass.testing.junit.PatientWaits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The system's Chromium. Each person has a window of their own; what a page complains about on its console is kept. */
final class Browser implements AutoCloseable {

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static final double PATIENCE = PatientWaits.PATIENCE.toMillis();

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;
    private final RunningSandbox sandbox;
    private final List<String> complaints = new ArrayList<>();

    Browser(RunningSandbox sandbox) {
        this.sandbox = sandbox;
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
        this.playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        this.chromium = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setTimeout(PATIENCE)
                        .setExecutablePath(Executables.chromium().orElseThrow())
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
    }

    /** Logs somebody in through the identity provider's form. */
    Page login(SandboxPerson person) {
        BrowserContext window = chromium.newContext(
                new com.microsoft.playwright.Browser.NewContextOptions().setViewportSize(1280, 900));
        window.setDefaultTimeout(PATIENCE);
        Page page = window.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(page.url() + ": " + message.text());
            }
        });
        page.onPageError(error -> complaints.add(page.url() + ": " + error));
        page.navigate(sandbox.address().toString());
        page.fill("#username", person.username());
        page.fill("#password", sandbox.login(person).password());
        page.click("button[type=submit]");
        page.waitForURL(url -> url.startsWith(sandbox.address().toString()));
        return page;
    }

    /** What pages complained about: scripts, styles and images that were refused or missing. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** A picture of the whole page, light and dark. */
    static void shoot(Page page, String name) {
        page.waitForLoadState(LoadState.LOAD);
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(
                            SCREENSHOTS.resolve(name + "-" + scheme.name().toLowerCase(java.util.Locale.ROOT) + ".png"))
                    .setFullPage(true));
        }
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    }

    @Override
    public void close() {
        chromium.close();
        playwright.close();
    }
}
