package org.skyway.experiments.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;

/// The live page in Debian's Chromium.
@Timeout(600)
class PageIT {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final By FIRST = By.cssSelector("path.edge[data-from=vnf1][data-to=vnf2]");

    private static PageBed bed;
    private static ChromeDriver browser;

    @BeforeAll
    static void open() throws Exception {
        assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "skipped: there is no Chromium; apt-get install chromium chromium-driver");
        bed = new PageBed();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // which root may not have
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--window-size=1200,1000");
        // Else Selenium would look for one, and ask the network.
        System.setProperty("webdriver.chrome.driver", DRIVER.toString());
        browser = new ChromeDriver(options);
        browser.get(bed.url());
        bed.connect(4, 3);
        bed.connect(2, 1);
        bed.connect(3, 4);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.quit();
        }
        if (bed != null) {
            bed.close();
        }
    }

    private static void await(String what, Predicate<ChromeDriver> condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                if (condition.test(browser)) {
                    return;
                }
            } catch (org.openqa.selenium.WebDriverException e) {
                // The graph is drawn anew each second: what was found may be gone by now.
                assertTrue(System.nanoTime() < deadline, what + ": " + e.getMessage());
            }
            assertTrue(
                    System.nanoTime() < deadline,
                    () ->
                            what
                                    + " did not happen: "
                                    + browser.findElement(By.tagName("main")).getText());
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static boolean isLit() {
        List<WebElement> edges = browser.findElements(FIRST);
        return edges.size() == 1 && edges.getFirst().getDomAttribute("class").contains("lit");
    }

    @Test
    void theEdgeLightsUpAfterTheRuleAndGoesOutAfterItsEnd() throws Exception {
        await(
                "the page shows the chain",
                b -> b.findElements(By.cssSelector(".port.up")).size() == 4);
        await("its first edge is dark", b -> !isLit());
        bed.connect(1, 2);
        await("the edge lights up", b -> isLit());
        await("all are lit", b -> b.findElement(By.id("links-lit")).getText().equals("4 of 4"));
        await(
                "its rate is shown",
                b ->
                        b.findElement(By.id("ports"))
                                .getText()
                                .matches("(?s).*vnf1 vnf2 past the switch [1-9].*"));
        keep("page.png", 1200, 1130, "light");
        keep("page-dark.png", 1200, 1130, "dark");
        keep("page-phone.png", 400, 1500, "light");
        size(1200, 1000);

        String ending = "priority=200,in_port=1,udp,tp_dst=7777";
        bed.add(ending + ",actions=drop");
        await("the edge goes out", b -> !isLit());
        await(
                "a port is chosen by the keyboard",
                b -> {
                    b.findElement(By.cssSelector(".port[data-port=vnf1]")).sendKeys(Keys.ENTER);
                    return true;
                });
        await(
                "the explanation comes by the keyboard",
                b -> b.findElement(By.id("why")).getText().contains("port 1 has no link"));
        assertTrue(browser.findElement(By.id("why")).getText().contains("7777"));
        await(
                "events come as they happen",
                b -> b.findElement(By.id("events")).getText().contains("7777"));

        bed.delete(ending);
        await("the edge lights up again", b -> isLit());
        await(
                "the explanation follows",
                b ->
                        b.findElement(By.id("why"))
                                .getText()
                                .contains("all packets of port 1 leave unchanged at port 2"));
    }

    @Test
    void pastedRulesShowWhatWouldChange() {
        WebElement rules = browser.findElement(By.id("rules"));
        rules.clear();
        rules.sendKeys("priority=300,in_port=3,tcp,actions=drop");
        browser.findElement(By.cssSelector("#what-if button")).click();
        await(
                "the loss of a link is shown",
                b ->
                        b.findElement(By.id("changes"))
                                .getText()
                                .startsWith("vnf3: link to port 4 → no link"));
        rules.clear();
        rules.sendKeys("in_port=3,actions=levitate");
        browser.findElement(By.cssSelector("#what-if button")).click();
        await(
                "what is wrong with a rule is shown",
                b ->
                        b.findElement(By.cssSelector("#changes .error"))
                                .getText()
                                .contains("levitate"));
    }

    @Test
    void nothingIsAskedOfOthersAndNothingGoesWrongInTheBrowser() throws Exception {
        @SuppressWarnings("unchecked")
        List<String> asked =
                (List<String>)
                        browser.executeScript(
                                "return performance.getEntriesByType('resource').map(e => e.name)");
        for (String one : asked) {
            assertTrue(one.startsWith(bed.url()), one);
        }
        assertEquals(
                List.of(),
                browser.manage().logs().get("browser").getAll().stream()
                        .map(Object::toString)
                        .filter(l -> !l.contains("422")) // which a wrong rule is answered with
                        .toList());
    }

    private static void size(int width, int height) {
        browser.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        height,
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        width < 600));
    }

    /// Keeps a picture, which the folder of results has, too.
    private static void keep(String name, int width, int height, String scheme) throws Exception {
        browser.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        size(width, height);
        browser.executeScript("scrollTo(0, 0); document.getElementById('rules').value = ''");
        Thread.sleep(1500); // the next second is drawn for this size
        String wide = "return document.documentElement.scrollWidth";
        await("the page is no wider than " + width, b -> (Long) b.executeScript(wide) <= width);
        Path target = Files.createDirectories(Path.of("target/page"));
        Files.write(target.resolve(name), browser.getScreenshotAs(OutputType.BYTES));
    }
}
