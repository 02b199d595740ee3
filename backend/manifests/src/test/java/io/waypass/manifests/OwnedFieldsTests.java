package io.waypass.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnedFieldsTests {

    private static final String DESIRED = """
            {"apiVersion": "v1", "kind": "K", "metadata": {"name": "n", "namespace": "ns", "labels": {"example.com/a.b": "c"}},
             "spec": {"host": "h", "tls": {"mode": "MUTUAL", "sni": "s"}, "rules": [{"a": 1}], "none": []}}
            """;

    @Test
    void nothing_is_lost_while_every_field_is_ours() {
        assertThat(OwnedFields.lost(live(ours("""
                                "f:metadata": {"f:labels": {"f:example.com/a.b": {}}},
                                "f:spec": {"f:host": {}, "f:tls": {"f:mode": {}, "f:sni": {}}, "f:rules": {}}
                                """)), DESIRED, "waypass")).isEmpty();
    }

    @Test
    void a_field_that_another_manager_took_is_lost_to_that_manager() {
        assertThat(OwnedFields.lost(
                        live(ours("""
                                        "f:metadata": {"f:labels": {"f:example.com/a.b": {}}},
                                        "f:spec": {"f:tls": {"f:mode": {}, "f:sni": {}}, "f:rules": {}}
                                        """), entry("kubectl-edit", "Update", "\"f:spec\": {\"f:host\": {}}")),
                        DESIRED,
                        "waypass"))
                .isEqualTo(Map.of("spec.host", "kubectl-edit"));
    }

    @Test
    void a_list_with_one_owner_is_lost_as_a_whole() {
        assertThat(OwnedFields.lost(
                        live(ours("""
                                        "f:metadata": {"f:labels": {"f:example.com/a.b": {}}},
                                        "f:spec": {"f:host": {}, "f:tls": {"f:mode": {}, "f:sni": {}}}
                                        """), entry("meddler", "Update", "\"f:spec\": {\"f:rules\": {}}")),
                        DESIRED,
                        "waypass"))
                .isEqualTo(Map.of("spec.rules", "meddler"));
    }

    @Test
    void a_field_that_was_taken_away_belongs_to_nobody() {
        assertThat(OwnedFields.lost(
                        live(
                                ours(
                                        "\"f:spec\": {\"f:host\": {}, \"f:tls\": {\"f:mode\": {}, \"f:sni\": {}}, \"f:rules\": {}}")),
                        DESIRED,
                        "waypass"))
                .isEqualTo(Map.of("metadata.labels.example.com/a.b", ""));
    }

    @Test
    void what_is_owned_as_a_whole_covers_what_is_in_it() {
        assertThat(OwnedFields.lost(
                        live(
                                ours(
                                        "\"f:metadata\": {\"f:labels\": {}}, \"f:spec\": {\"f:host\": {}, \"f:tls\": {}, \"f:rules\": {}}")),
                        DESIRED,
                        "waypass"))
                .isEmpty();
    }

    @Test
    void an_update_or_a_status_under_our_name_is_no_apply_of_ours() {
        assertThat(OwnedFields.lost(
                        live(
                                entry("waypass", "Update", "\"f:spec\": {\"f:host\": {}}"),
                                "{\"manager\": \"waypass\", \"operation\": \"Apply\", \"subresource\": \"status\", \"fieldsV1\": {\"f:spec\": {\"f:rules\": {}}}}"),
                        DESIRED,
                        "waypass"))
                .containsKeys("spec.host", "spec.rules");
    }

    @Test
    void an_object_that_says_nothing_of_its_fields_is_not_ours() {
        assertThat(OwnedFields.lost("{\"metadata\": {}}", DESIRED, "waypass")).hasSize(5);
    }

    @Test
    void leaves_are_fields_with_lists_as_a_whole_and_without_what_says_where_it_is() {
        assertThat(OwnedFields.leaves(DESIRED))
                .containsExactly(
                        "metadata.labels.example.com/a.b", "spec.host", "spec.rules", "spec.tls.mode", "spec.tls.sni");
    }

    private static String live(String... entries) {
        return "{\"metadata\": {\"managedFields\": [" + String.join(",", entries) + "]}}";
    }

    private static String ours(String fields) {
        return entry("waypass", "Apply", fields);
    }

    private static String entry(String manager, String operation, String fields) {
        return "{\"manager\": \"" + manager + "\", \"operation\": \"" + operation + "\", \"fieldsV1\": {" + fields
                + "}}";
    }
}
