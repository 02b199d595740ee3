package io.waypass.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.webjars.WebJarVersionLocator;

class TemplatesTests {

    private static final SamplePages PAGES = new SamplePages();

    static List<String> names() {
        return SamplePages.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyPageRendersWithoutLoosePartsAndWithinTheContentSecurityPolicy(String name) throws IOException {
        String html = PAGES.render(name);
        Path out = Files.createDirectories(Path.of("target/pages"));
        Files.writeString(out.resolve(name + ".html"), html);

        assertThat(html).doesNotContain("??", "th:", "{0");
        Document page = Jsoup.parse(html);
        assertThat(page.select("style, [style], script:not([src])")).isEmpty();
        List<Attribute> attributes = page.getAllElements().stream()
                .flatMap(element -> element.attributes().asList().stream())
                .toList();
        assertThat(attributes).noneMatch(attribute -> attribute.getKey().startsWith("on"));
        assertThat(attributes).noneMatch(attribute -> attribute.getValue().startsWith("data:"));
        assertThat(attributes)
                .noneMatch(attribute -> attribute.getValue().startsWith("http://")
                        || attribute.getValue().startsWith("https://"));
    }

    /** Thymeleaf replaces first, so that the condition would never be asked. */
    @Test
    void noConditionStandsOnAnElementThatIsReplaced() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources/templates"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".html")).toList()) {
                assertThat(Jsoup.parse(Files.readString(file))
                                .select("[th:replace][th:if], [th:replace][th:unless], [th:insert][th:if],"
                                        + " [th:insert][th:unless]"))
                        .as(file.toString())
                        .isEmpty();
            }
        }
    }

    @Test
    void noLineOfATemplateIsLongerThan120Characters() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources/templates"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".html")).toList()) {
                assertThat(Files.readAllLines(file))
                        .as(file.toString())
                        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyPageCanBeReadAndUsedWithoutSeeingIt(String name) {
        Document page = Jsoup.parse(PAGES.render(name));

        assertThat(page.select("h1")).as("one heading of the page").hasSize(1);
        assertThat(page.title()).endsWith(" · Waypass").doesNotStartWith(" ");
        List<String> ids = page.select("[id]").eachAttr("id");
        assertThat(ids).doesNotHaveDuplicates();
        for (String reference : List.of("for", "aria-labelledby", "aria-describedby", "data-copy", "popovertarget")) {
            for (Element element : page.select("[" + reference + "]")) {
                if (element.attr(reference).isBlank()) {
                    continue;
                }
                assertThat(ids)
                        .as("%s of %s", reference, element)
                        .contains(element.attr(reference).strip().split("\\s+"));
            }
        }
        for (Element control : page.select("input:not([type=hidden]), select, textarea")) {
            boolean labelled = control.closest("label") != null
                    || !control.attr("aria-label").isBlank()
                    || !page.select("label[for=\"" + control.id() + "\"]").isEmpty();
            assertThat(labelled).as("label of %s", control).isTrue();
        }
        for (Element action : page.select("button, a[href]")) {
            assertThat(action.text() + action.attr("aria-label"))
                    .as("name of %s", action)
                    .isNotBlank();
        }
        assertThat(page.select("table:not(:has(caption))")).isEmpty();
        assertThat(page.select("svg:not([aria-hidden]):not(svg svg)")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyIconOnAPageIsInTheSprite(String name) throws IOException {
        Set<String> icons = Jsoup.parse(resource("/static/icons.svg")).select("symbol").eachAttr("id").stream()
                .collect(Collectors.toSet());
        List<String> used = new ArrayList<>();
        for (Element use : Jsoup.parse(PAGES.render(name)).select("use")) {
            assertThat(use.attr("href")).startsWith("/icons.svg#");
            used.add(use.attr("href").substring("/icons.svg#".length()));
        }

        assertThat(icons).containsAll(used);
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyClassOnAPageHasAStyle(String name) throws IOException {
        String styles = resource("/static/css/base.css")
                + resource("/static/css/components.css")
                + resource("/" + new WebJarVersionLocator().fullPath("bootstrap", "css/bootstrap.min.css"));
        Set<String> unstyled =
                Set.of("is-plain", "word", "nav-link", "flash", "tip-plain", "out-plain", "checks-brief");

        for (Element element : Jsoup.parse(PAGES.render(name)).select("[class]")) {
            for (String one : element.classNames()) {
                if (!unstyled.contains(one)) {
                    assertThat(styles.contains("." + one))
                            .as("style of %s", one)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void aPassphraseIsNeverWrittenBackIntoTheForm() {
        String html = PAGES.render("request-form-refused");

        assertThat(html).doesNotContain("NEVER-ECHOED");
        assertThat(Jsoup.parse(html).select("#clientText").text()).startsWith("-----BEGIN CERTIFICATE-----");
    }

    @Test
    void aFormIsSentByGetOnlyIfItHoldsNothingButChoices() {
        for (String name : names()) {
            assertThat(
                            Jsoup.parse(PAGES.render(name))
                                    .select(
                                            "form:not([method=post]) :is(input:not([type=search], [type=checkbox], [type=hidden]), textarea)"))
                    .isEmpty();
        }
    }

    @Test
    void aRequestIsAskedForAgainOnlyWhileItMovesByItself() {
        assertThat(Jsoup.parse(PAGES.render("request-planning")).select("#live").attr("data-hx-get"))
                .isEqualTo("/requests/req_8Kf2mQ/live?seen=pending-1");
        assertThat(Jsoup.parse(PAGES.render("request-pending-admin")).select("[data-hx-get]"))
                .isEmpty();
    }

    @Test
    void noDecisionIsPreselected() {
        Document page = Jsoup.parse(PAGES.render("request-pending-admin"));

        assertThat(page.select("input[name=verdict]")).hasSize(2);
        assertThat(page.select("input[name=verdict][checked]")).isEmpty();
    }

    @Test
    void aDeletionIsSaidInWordsWhereItIsDecidedOn() {
        Document request = Jsoup.parse(PAGES.render("request-retire"));
        Document queue = Jsoup.parse(PAGES.render("queue"));

        assertThat(request.select(".banner.is-bad").text()).contains("4 objects will be deleted from the cluster");
        assertThat(request.select("#decision").text())
                .contains("Approving deletes 4 objects")
                .contains("Approve the deletion");
        assertThat(request.select("details.fold[open] .op").eachText())
                .containsOnly("delete")
                .hasSize(4);
        assertThat(request.select("details.fold:not([open]) .op").text()).contains("unchanged");
        assertThat(queue.select("tr:has(.op)").text()).contains("retire").contains("deletes objects");
    }

    private static String resource(String path) throws IOException {
        try (InputStream in = TemplatesTests.class.getResourceAsStream(path)) {
            assertThat(in).as(path).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
