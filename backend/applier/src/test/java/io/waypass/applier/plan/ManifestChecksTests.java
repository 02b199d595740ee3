package io.waypass.applier.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanCheck.Level;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManifestChecksTests {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void namesWhatIsTooLong() throws JsonProcessingException {
        PlanCheck check = names("""
                {"kind": "ServiceEntry", "metadata": {"name": "%s"}, "spec": {"hosts": ["%s"]}}
                """.formatted("n".repeat(64), "h".repeat(254)));

        assertThat(check.is(CheckCode.NAMES_FIT, Level.FAILED)).isTrue();
        assertThat(check.message())
                .contains("the name of the ServiceEntry: 64 of at most 63")
                .contains("the synthetic host: 254 of at most 253");
    }

    @Test
    void takesWhatJustFits() throws JsonProcessingException {
        PlanCheck check = names("""
                {"kind": "ServiceEntry", "metadata": {"name": "%s"}, "spec": {"hosts": ["%s"]}}
                """.formatted("n".repeat(63), "h".repeat(253)));

        assertThat(check.is(CheckCode.NAMES_FIT, Level.PASSED)).isTrue();
        assertThat(check.message()).contains("63 characters (of 63)").contains("253 (of 253)");
    }

    @Test
    void countsWhatAnHttpRouteMayHave() throws JsonProcessingException {
        String header = "{\"name\": \"x\", \"value\": \"y\"}";
        String match = "{\"headers\": [" + many(header, 17) + "]}";
        String rule =
                "{\"matches\": [" + many(match, 65) + "], \"backendRefs\": [{\"name\": \"" + "b".repeat(254) + "\"}]}";
        PlanCheck check = ManifestChecks.of(List.of(json("""
                {"kind": "HTTPRoute", "metadata": {"name": "r"}, "spec": {"parentRefs": [%s], "rules": [%s]}}
                """.formatted(many("{}", 33), many(rule, 17)))))
                .getLast();

        assertThat(check.is(CheckCode.ROUTE_LIMITS, Level.FAILED)).isTrue();
        assertThat(check.message())
                .contains("parents: 33 of at most 32")
                .contains("rules: 17 of at most 16")
                .contains("matches of a rule: 65 of at most 64")
                .contains("headers of a match: 17 of at most 16")
                .contains("characters of a backend's name: 254 of at most 253");
    }

    private static String many(String one, int count) {
        return String.join(",", Collections.nCopies(count, one));
    }

    private static PlanCheck names(String object) throws JsonProcessingException {
        return ManifestChecks.of(List.of(json(object))).getFirst();
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return JSON.readTree(text);
    }
}
