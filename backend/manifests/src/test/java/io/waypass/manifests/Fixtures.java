package io.waypass.manifests;

import io.waypass.app.App;
import io.waypass.app.Principal;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.DriftPolicy;
import io.waypass.cluster.Flavour;
import io.waypass.destination.Destination;
import io.waypass.fingerprint.CertificateFingerprints;
import io.waypass.gateway.Gateway;
import io.waypass.gateway.Placement;
import io.waypass.identity.IdentitySpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.yaml.snakeyaml.Yaml;

/** The Solo guide's own example, and whatever departs from it. */
final class Fixtures {

    static final CertificateFingerprints CERTIFICATE = new CertificateFingerprints(
            "sha256:" + "c".repeat(64), "sha256:" + "d".repeat(64), "sha256:" + "a".repeat(64));

    private Fixtures() {}

    /** app1 of team-namespace at my-nginx.foo.bar, through egress-waypoint in istio-egress. */
    static IdentitySpec app1(Placement placement) {
        return identity(placement, "team-namespace", "app1", "nginx", "my-nginx.foo.bar");
    }

    static IdentitySpec identity(Placement placement, String namespace, String app, String slug, String host) {
        return identity(placement, namespace, app, slug, host, 1);
    }

    static IdentitySpec identity(
            Placement placement, String namespace, String app, String slug, String host, int revision) {
        return identity(placement, namespace, app, slug, host, revision, 1);
    }

    /** A revision that presents the certificate that another one brought. */
    static IdentitySpec identity(
            Placement placement,
            String namespace,
            String app,
            String slug,
            String host,
            int revision,
            int certificateRevision) {
        Flavour flavour = placement == Placement.TEAM_NAMESPACE ? Flavour.SOLO : Flavour.UPSTREAM;
        return new IdentitySpec(
                "idn_7Qm2xYb0rT4kVd9ZcLwE1g",
                revision,
                new Cluster(1, "sandbox", "cluster.local", flavour, DriftPolicy.RESTORE),
                new Gateway(1, 1, "egress-waypoint", "istio-egress", "egress-waypoint", placement),
                new Destination(1, slug, slug, host, 443, 80, slug + "-mesh-external-se", Optional.empty(), 1),
                new App(
                        1,
                        "app_3fK8sWq1nHt6ZbX0yPdR5v",
                        1,
                        "payments",
                        1,
                        "sandbox",
                        app,
                        new Principal("cluster.local", namespace, app),
                        Instant.EPOCH),
                app + "-client-mtls-secret",
                certificateRevision,
                CERTIFICATE);
    }

    static String text(String resource) {
        try (InputStream in =
                Objects.requireNonNull(Fixtures.class.getResourceAsStream("/" + resource), "no " + resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, Object> yaml(String resource) {
        return new Yaml().load(text(resource));
    }

    static Map<String, Object> parsed(Manifest manifest) {
        // JSON is YAML.
        return new Yaml().load(manifest.json());
    }
}
