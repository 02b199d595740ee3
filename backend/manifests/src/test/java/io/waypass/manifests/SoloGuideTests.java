package io.waypass.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.gateway.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds what we render for the Solo guide's example against the guide's YAML, and the rest against the ADR. */
class SoloGuideTests {

    private static final String OUR_ROUTE_NAME = "app1-nginx-httproute";
    private static final List<String> GUIDE = List.of("DestinationRule", "ServiceEntry", "HTTPRoute");

    private final List<Manifest> rendered = IdentityManifests.render(Fixtures.app1(Placement.TEAM_NAMESPACE));

    @ParameterizedTest
    @ValueSource(strings = {"DestinationRule", "ServiceEntry", "HTTPRoute"})
    void every_field_of_the_guide_is_rendered_with_the_guides_value(String kind) {
        Map<String, Object> expected = leaves(guide(kind));
        if (kind.equals("HTTPRoute")) {
            expected.put("metadata.name", OUR_ROUTE_NAME);
        }

        assertThat(leaves(Fixtures.parsed(ofKind(kind)))).containsAllEntriesOf(expected);
    }

    @Test
    void the_secret_has_the_name_and_the_type_that_the_guides_destination_rule_and_istio_ask_for() {
        Manifest secret = ofKind("Secret");

        assertThat(secret.namespace() + "/" + secret.name()).isEqualTo("team-namespace/app1-client-mtls-secret");
        assertThat(leaves(Fixtures.parsed(secret)))
                .containsEntry("type", "kubernetes.io/tls")
                .containsEntry("data.tls\\.crt", Fixtures.CERTIFICATE.chain())
                .containsEntry("data.tls\\.key", Fixtures.CERTIFICATE.publicKey())
                .containsEntry("data.ca\\.crt", Fixtures.CERTIFICATE.caBundle());
    }

    @Test
    void objects_come_in_the_order_in_which_they_are_applied() {
        assertThat(rendered)
                .extracting(Manifest::kind)
                .containsExactly("Secret", "DestinationRule", "ServiceEntry", "HTTPRoute", "AuthorizationPolicy");
    }

    @ParameterizedTest
    @CsvSource({"TEAM_NAMESPACE,golden/team-namespace.yaml", "GATEWAY_NAMESPACE,golden/gateway-namespace.yaml"})
    void the_whole_rendering_is_the_golden_file(Placement placement, String golden) {
        assertThat(ManifestYaml.of(IdentityManifests.render(Fixtures.app1(placement))))
                .isEqualTo(Fixtures.text(golden));
    }

    @Test
    void what_is_rendered_beyond_the_guide_is_what_the_decision_record_lists() throws IOException {
        TreeSet<String> additions = new TreeSet<>();
        for (Manifest manifest : rendered) {
            if (GUIDE.contains(manifest.kind())) {
                added("", guide(manifest.kind()), Fixtures.parsed(manifest))
                        .forEach(path ->
                                additions.add(isOurMark(path) ? "every object " + path : manifest.kind() + " " + path));
            } else {
                additions.add(manifest.kind() + " whole object");
            }
        }

        assertThat(additions).containsExactlyElementsOf(listedInDecisionRecord());
    }

    @ParameterizedTest
    @EnumSource(Placement.class)
    void a_route_is_never_narrowed_to_a_port_and_never_lacks_its_header(Placement placement) {
        Map<String, Object> route = leaves(Fixtures.parsed(
                IdentityManifests.render(Fixtures.app1(placement)).get(3)));

        assertThat(route)
                .doesNotContainKey("spec.parentRefs[0].port")
                .doesNotContainKey("spec.rules[1].backendRefs[0].name")
                .containsEntry("spec.rules[0].matches[0].headers[0].name", "%%source.principal%%");
    }

    private Manifest ofKind(String kind) {
        return rendered.stream()
                .filter(manifest -> manifest.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Object> guide(String kind) {
        return Fixtures.yaml("solo-guide/" + kind.toLowerCase(java.util.Locale.ROOT) + ".yaml");
    }

    private static boolean isOurMark(String path) {
        return path.contains("[waypass.io/") || path.contains("[app.kubernetes.io/managed-by]");
    }

    /** First column and back-quoted second column of each row of the table of additions. */
    private static TreeSet<String> listedInDecisionRecord() throws IOException {
        Path record = Path.of("../../docs/adr/0003-objects-beyond-the-solo-guide.md");
        Pattern row = Pattern.compile("^\\| ([A-Za-z ]+) \\| `?([^`|]+?)`? \\|.*");
        TreeSet<String> listed = new TreeSet<>();
        for (String line : Files.readAllLines(record)) {
            Matcher matcher = row.matcher(line);
            if (matcher.matches() && !matcher.group(1).equals("Object")) {
                listed.add(matcher.group(1) + " " + matcher.group(2));
            }
        }
        return listed;
    }

    /** The topmost paths that the second has and the first has not; labels and annotations one by one. */
    private static List<String> added(String at, Object guide, Object ours) {
        List<String> paths = new ArrayList<>();
        if (guide instanceof Map<?, ?> known && ours instanceof Map<?, ?> members) {
            members.forEach((key, value) -> {
                String path = at.isEmpty() ? key.toString() : at + "." + key;
                if (known.containsKey(key)) {
                    paths.addAll(added(path, known.get(key), value));
                } else if (path.equals("metadata.labels") || path.equals("metadata.annotations")) {
                    ((Map<?, ?>) value).keySet().forEach(name -> paths.add(path + "[" + name + "]"));
                } else {
                    paths.add(path);
                }
            });
        } else if (guide instanceof List<?> known && ours instanceof List<?> elements) {
            for (int i = 0; i < elements.size(); i++) {
                if (i < known.size()) {
                    paths.addAll(added(at + "[" + i + "]", known.get(i), elements.get(i)));
                } else {
                    paths.add(at + "[" + i + "]");
                }
            }
        }
        return paths;
    }

    private static Map<String, Object> leaves(Map<String, Object> object) {
        Map<String, Object> leaves = new TreeMap<>();
        collect("", object, leaves);
        return leaves;
    }

    private static void collect(String at, Object node, Map<String, Object> leaves) {
        switch (node) {
            case Map<?, ?> members ->
                members.forEach((key, value) -> {
                    String name = key.toString().replace(".", "\\.");
                    collect(at.isEmpty() ? name : at + "." + name, value, leaves);
                });
            case List<?> elements -> {
                for (int i = 0; i < elements.size(); i++) {
                    collect(at + "[" + i + "]", elements.get(i), leaves);
                }
            }
            default -> leaves.put(at, node);
        }
    }
}
