package io.waypass.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.gateway.Placement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.Yaml;

class ManifestYamlTests {

    @ParameterizedTest
    @EnumSource(Placement.class)
    void yaml_says_the_same_as_the_json(Placement placement) {
        List<Manifest> manifests = IdentityManifests.render(Fixtures.app1(placement));

        List<Object> documents = new ArrayList<>();
        new Yaml().loadAll(ManifestYaml.of(manifests)).forEach(documents::add);

        assertThat(documents)
                .containsExactlyElementsOf(
                        manifests.stream().map(Fixtures::parsed).toList());
    }

    @Test
    void values_that_yaml_would_take_for_something_else_are_quoted() {
        Manifest odd = Manifest.of("""
                {"apiVersion":"v1","kind":"K","metadata":{"namespace":"n","name":"x"},
                 "spec":{"a":"true","b":"12","c":"1e3","d":"","e":"no","f":"# x","g":"a: b","h":"2026-11-23","i":"two\\nlines"}}
                """);

        assertThat(Fixtures.parsed(odd)).isEqualTo(new Yaml().load(ManifestYaml.of(odd)));
    }

    @Test
    void a_secrets_values_are_withheld_even_if_someone_hands_them_in() {
        Manifest filled = Manifest.of("""
                {"apiVersion":"v1","kind":"Secret","metadata":{"namespace":"n","name":"x","annotations":
                 {"kubectl.kubernetes.io/last-applied-configuration":"aHVzaA=="}},
                 "data":{"tls.key":"aHVzaA=="},"stringData":{"tls.key":"aHVzaA=="}}
                """);

        assertThat(ManifestYaml.of(filled)).doesNotContain("aHVzaA==").contains("tls.key: withheld");
    }
}
