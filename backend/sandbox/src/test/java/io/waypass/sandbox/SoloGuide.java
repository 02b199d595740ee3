package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.Yaml;

/** Holds what is in the cluster against the guide's own YAML. */
final class SoloGuide {

    private SoloGuide() {}

    /** Every field of the guide's example is in the cluster, with the guide's value, for an app of that name. */
    static void assertApplied(Journey journey, String app, String chain, String key, String ca) {
        for (String kind : List.of("ServiceEntry", "DestinationRule", "HTTPRoute")) {
            HasMetadata live = journey.object(kind, app).orElseThrow(() -> new AssertionError("no " + kind));
            Map<String, Object> expected = leaves(guide(kind, app));
            if (kind.equals("HTTPRoute")) {
                // the guide's route carries another example's name; ours says what it is (ADR 3)
                expected.put("metadata.name", app + "-nginx-httproute");
            }
            assertThat(leaves(parsed(Serialization.asYaml(live)))).as(kind).containsAllEntriesOf(expected);
        }
        var secret = journey.secret(app);
        assertThat(secret.getType()).isEqualTo("kubernetes.io/tls");
        assertThat(secret.getData()).containsOnlyKeys("tls.crt", "tls.key", "ca.crt");
        assertThat(Journey.decoded(secret, "tls.crt")).isEqualTo(chain);
        assertThat(secretNumber(Journey.decoded(secret, "tls.key"))).isEqualTo(secretNumber(key));
        assertThat(Journey.decoded(secret, "ca.crt")).isEqualTo(ca);

        HasMetadata policy = journey.object("AuthorizationPolicy", app).orElseThrow();
        assertThat(policy.getMetadata().getNamespace()).isEqualTo("istio-egress");
        assertThat(Serialization.asYaml(policy))
                .contains("cluster.local/ns/team-namespace/sa/" + app)
                .contains("nginx-mesh-external-se");
        for (String kind : Journey.KINDS) {
            HasMetadata live = journey.object(kind, app).orElseThrow();
            assertThat(live.getMetadata().getLabels()).containsEntry("app.kubernetes.io/managed-by", "waypass");
            assertThat(live.getMetadata().getManagedFields())
                    .extracting(entry -> entry.getManager())
                    .containsOnly("waypass");
        }
    }

    private static Map<String, Object> guide(String kind, String app) {
        try (InputStream stream =
                SoloGuide.class.getResourceAsStream("/solo-guide/" + kind.toLowerCase(Locale.ROOT) + ".yaml")) {
            return parsed(new String(stream.readAllBytes(), StandardCharsets.UTF_8).replace("app1", app));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> parsed(String yaml) {
        Map<String, Object> object = new Yaml().load(yaml);
        return object;
    }

    private static Map<String, Object> leaves(Object node) {
        Map<String, Object> found = new TreeMap<>();
        collect("", node, found);
        return found;
    }

    private static void collect(String at, Object node, Map<String, Object> found) {
        if (node instanceof Map<?, ?> members) {
            members.forEach((key, value) -> collect(at.isEmpty() ? key.toString() : at + "." + key, value, found));
        } else if (node instanceof List<?> elements) {
            for (int i = 0; i < elements.size(); i++) {
                collect(at + "[" + i + "]", elements.get(i), found);
            }
        } else if (node != null) {
            found.put(at, node);
        }
    }

    /** Of an EC key in PKCS#8: the same key may be written with its public point or without. */
    private static BigInteger secretNumber(String pem) {
        byte[] der = Base64.getMimeDecoder()
                .decode(pem.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", ""));
        try {
            return ((ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der))).getS();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
