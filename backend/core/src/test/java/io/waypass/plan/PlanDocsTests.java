package io.waypass.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.policy.PolicyEffect;
import io.waypass.policy.PolicyLanguage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lists in {@code docs/plans-and-policies.md} are the code's own; {@code -Dwaypass.docs=write} writes them anew. */
class PlanDocsTests {

    private static final Path DOCS = Path.of("../../docs/plans-and-policies.md");

    @ParameterizedTest
    @ValueSource(strings = {"checks", "names"})
    void theDocumentationListsWhatTheCodeHas(String section) throws IOException {
        String text = Files.readString(DOCS);
        String begin = "<!-- " + section + ": generated -->\n";
        String end = "<!-- end -->";
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end, from);
        String list = section.equals("checks") ? checks() : names();
        if ("write".equals(System.getProperty("waypass.docs"))) {
            Files.writeString(DOCS, text.substring(0, from) + list + text.substring(to));
            return;
        }
        assertThat(text.substring(from, to))
                .as("%s in docs/plans-and-policies.md; -Dwaypass.docs=write writes it anew", section)
                .isEqualTo(list);
    }

    @Test
    void everyEffectIsDescribed() throws IOException {
        assertThat(Files.readString(DOCS))
                .contains(Arrays.stream(PolicyEffect.values())
                        .map(effect -> "| `" + effect.value() + "` |")
                        .toList());
    }

    private static String checks() {
        return "| check | passed means | where it failed |\n| --- | --- | --- |\n"
                + Arrays.stream(CheckCode.values())
                        .map(code -> "| `" + code.value() + "` | " + code.meaning() + " | "
                                + (code.required() ? "the request is invalid" : "an admin sees it, and may decide")
                                + " |\n")
                        .collect(Collectors.joining());
    }

    private static String names() {
        return "| name | type | |\n| --- | --- | --- |\n"
                + new PolicyLanguage()
                        .names().stream()
                                .map(name ->
                                        "| `" + name.name() + "` | " + name.type() + " | " + name.meaning() + " |\n")
                                .collect(Collectors.joining());
    }
}
