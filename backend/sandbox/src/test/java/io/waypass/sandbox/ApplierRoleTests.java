package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class ApplierRoleTests {

    @Test
    void theSandboxGrantsTheApplierWhatTheChartGrants() throws IOException {
        String chart = Files.readString(Path.of("../../helm/waypass/templates/applier/clusterrole.yaml"));
        String rules = chart.substring(chart.indexOf("\nrules:"), chart.lastIndexOf("{{- end }}"));
        assertThat(rules).as("the chart's rules are plain YAML").doesNotContain("{{");

        Set<String> granted = grants(Files.readString(Path.of("src/main/resources/sandbox/applier-role.yaml")));

        assertThat(granted).isEqualTo(grants(rules)).contains("networking.istio.io/serviceentries list");
        assertThat(granted)
                .noneMatch(grant -> grant.contains("*") || grant.endsWith(" update") || grant.endsWith("collection"))
                .filteredOn(grant -> grant.endsWith(" delete"))
                .as("what it may delete is what it writes")
                .containsExactlyInAnyOrder(
                        "/secrets delete",
                        "networking.istio.io/serviceentries delete",
                        "networking.istio.io/destinationrules delete",
                        "gateway.networking.k8s.io/httproutes delete",
                        "security.istio.io/authorizationpolicies delete");
    }

    @Test
    void besideIstiodItIsTheSame() throws IOException {
        String chart = Files.readString(Path.of("../../helm/waypass/templates/applier/istiod-role.yaml"));
        String rules = chart.substring(chart.indexOf("\nrules:"), chart.indexOf("\n---"));

        assertThat(grants(Files.readString(Path.of("src/main/resources/sandbox/istiod-role.yaml"))))
                .isEqualTo(grants(rules))
                .containsExactly("coordination.k8s.io/leases list", "coordination.k8s.io/leases watch");
    }

    private static Set<String> grants(String yaml) {
        Map<String, List<Map<String, List<String>>>> role = new Yaml().load(yaml);
        Set<String> grants = new HashSet<>();
        for (Map<String, List<String>> rule : role.get("rules")) {
            for (String group : rule.get("apiGroups")) {
                for (String resource : rule.get("resources")) {
                    rule.get("verbs").forEach(verb -> grants.add(group + "/" + resource + " " + verb));
                }
            }
        }
        return new TreeSet<>(grants);
    }
}
