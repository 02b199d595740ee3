package io.waypass.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.gateway.Placement;
import io.waypass.identity.IdentitySpec;
import io.waypass.manifests.ObjectKind.Scope;
import io.waypass.manifests.ObjectKind.Watch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.yaml.snakeyaml.Yaml;

class ObjectKindTests {

    private static final Path ROLES = Path.of("../../helm/waypass/templates/applier");

    @ParameterizedTest
    @EnumSource(Scope.class)
    void theChartGrantsExactlyWhatTheRegistrySays(Scope scope) {
        String file = switch (scope) {
            case CLUSTER -> "clusterrole.yaml";
            case GATEWAY_NAMESPACE -> "gateway-role.yaml";
            case ISTIO_NAMESPACE -> "istiod-role.yaml";
            case ONE_BESIDE_APPLIER -> "guard-rails-role.yaml";
        };

        assertThat(granted(file)).isNotEmpty().isEqualTo(needed(scope));
    }

    private static Set<String> needed(Scope scope) {
        return Arrays.stream(ObjectKind.values())
                .flatMap(
                        kind -> kind.verbs(scope).stream().map(verb -> kind.group() + "/" + kind.plural() + " " + verb))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> granted(String file) {
        try {
            String template = Files.readString(ROLES.resolve(file));
            String rules = template.substring(template.indexOf("\nrules:"))
                    .split("\n---|\n\\{\\{")[0]
                    .replaceAll("(?m)^ *resourceNames: .*$", "");
            assertThat(rules).as("the rules are plain YAML").doesNotContain("{{");
            Map<String, List<Map<String, List<String>>>> role = new Yaml().load(rules);
            Set<String> granted = new TreeSet<>();
            for (Map<String, List<String>> rule : role.get("rules")) {
                rule.get("apiGroups")
                        .forEach(group -> rule.get("resources")
                                .forEach(resource -> rule.get("verbs")
                                        .forEach(verb -> granted.add(group + "/" + resource + " " + verb))));
            }
            return granted;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Placement.class)
    void everyKindThatIsRenderedIsWrittenAndWatched(Placement placement) {
        assertThat(rendered(placement)).isNotEmpty().allSatisfy(manifest -> {
            ObjectKind kind = ObjectKind.of(manifest.kind());
            assertThat(kind.apiVersion()).isEqualTo(manifest.apiVersion());
            assertThat(kind.isWritten()).isTrue();
            assertThat(kind.watch()).isIn(Watch.WHOLE_MESH, Watch.BY_LABEL);
        });
    }

    @Test
    void everyKindThatIsWrittenIsRenderedSomewhere() {
        Set<ObjectKind> rendered = Arrays.stream(Placement.values())
                .flatMap(placement -> rendered(placement).stream())
                .map(manifest -> ObjectKind.of(manifest.kind()))
                .collect(Collectors.toSet());

        assertThat(rendered)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ObjectKind.values())
                        .filter(ObjectKind::isWritten)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(Placement.class)
    void anIdentityIsRenderedInTheOrderOfApplyAndRemovedTheOtherWayRound(Placement placement) {
        List<Manifest> own = IdentityManifests.render(Fixtures.app1(placement));
        List<Manifest> shuffled = own.stream()
                .sorted(Comparator.comparing(Manifest::name).thenComparing(Manifest::json))
                .toList();

        assertThat(own).extracting(manifest -> ObjectKind.of(manifest.kind())).isSorted();
        assertThat(Manifest.inOrderOfRemoval(shuffled)).isEqualTo(own.reversed());
    }

    @Test
    void theDoorStandsAtTheEndOfTheOrder() {
        List<ObjectKind> written =
                Arrays.stream(ObjectKind.values()).filter(ObjectKind::isWritten).toList();

        assertThat(written)
                .extracting(ObjectKind::opensDoor)
                .as("nothing that a door relies on is written after it")
                .isSorted();
        assertThat(written.getLast().admitsApp()).isTrue();
        assertThat(written.stream().filter(ObjectKind::admitsApp)).hasSize(1);
    }

    @Test
    void secretsAreNeverWatchedButByOurLabel() {
        assertThat(ObjectKind.SECRET.watch()).isEqualTo(Watch.BY_LABEL);
    }

    @ParameterizedTest
    @EnumSource(value = ObjectKind.class, mode = EnumSource.Mode.EXCLUDE, names = "CONFIG_MAP")
    void whatIsWatchedMayBeListedAndWatched(ObjectKind kind) {
        assertThat(kind.watch()).isNotEqualTo(Watch.NEVER);
        Scope scope = kind.watch() == Watch.ISTIOD ? Scope.ISTIO_NAMESPACE : Scope.CLUSTER;

        assertThat(kind.verbs(scope)).contains("list", "watch");
    }

    @ParameterizedTest
    @EnumSource(ObjectKind.class)
    void noKindIsUpdatedOrDeletedInBulk(ObjectKind kind) {
        assertThat(Stream.of(Scope.values()).flatMap(scope -> kind.verbs(scope).stream()))
                .doesNotContain("*", "update", "deletecollection", "bind", "escalate");
    }

    @Test
    void aKindThatWaypassHasNothingToDoWithIsNotFound() {
        assertThat(ObjectKind.find("Pod")).isEmpty();
        assertThatThrownBy(() -> ObjectKind.of("Pod")).hasMessage("Waypass has nothing to do with Pod");
    }

    private static List<Manifest> rendered(Placement placement) {
        IdentitySpec spec = Fixtures.app1(placement);
        return Stream.of(IdentityManifests.renderShared(spec), IdentityManifests.render(spec))
                .flatMap(List::stream)
                .toList();
    }
}
