package io.waypass.applier;

import io.waypass.app.App;
import io.waypass.app.Principal;
import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.certificate.Circumstances;
import io.waypass.certificate.ClientCredential;
import io.waypass.certificate.StoredCertificate;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.DriftPolicy;
import io.waypass.cluster.Flavour;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import io.waypass.gateway.Placement;
import io.waypass.identity.Credential;
import io.waypass.identity.IdentitySpec;
import io.waypass.manifests.IdentityManifests;
import io.waypass.manifests.Manifest;
import io.waypass.plan.PlanObject;
import io.waypass.resource.ResourceKind;
import io.waypass.sealing.Sealer;
import io.waypass.sealing.SealingContext;
import io.waypass.sealing.SealingKeyset;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** app1 of team-namespace at my-nginx.foo.bar, with a certificate of its own; made once, since keys and certificates take a while. */
public final class SampleIdentity {

    /** The present of all tests without I/O. */
    public static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    public static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    public static final String ID = "idn_7Qm2xYb0rT4kVd9ZcLwE1g";
    public static final String NAMESPACE = "team-namespace";
    public static final String HOST = "my-nginx.foo.bar";
    public static final SealingKeyset KEYSET = SealingKeyset.generate();
    public static final Credential CREDENTIAL =
            credential(KEYSET, NOW.minus(Duration.ofDays(30)), NOW.plus(Duration.ofDays(365)));

    /** What a rotation brings. */
    public static final Credential NEWER =
            credential(KEYSET, NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(400)));

    private SampleIdentity() {}

    /** A credential that is valid from one instant to another. */
    public static Credential credential(SealingKeyset keyset, Instant from, Instant until) {
        TestCertificateAuthority authority = TestCertificateAuthority.root("CN=Partner CA");
        Issued issued = authority.issue(Wish.client("CN=app1").valid(from, until));
        // the authority itself is valid from now on
        Clock then = Clock.fixed(from.plus(Duration.between(from, until).dividedBy(2)), ZoneOffset.UTC);
        try (CertificateSubmission submission =
                        CertificateSubmission.of(issued.chainPem(), issued.keyPem(), authority.certificatePem());
                ClientCredential judged = new CertificateIntake(then)
                        .judge(submission, Circumstances.NONE)
                        .credential()
                        .orElseThrow()) {
            StoredCertificate certificate = new StoredCertificate(
                    1,
                    "crt_1",
                    1,
                    judged.facts(),
                    List.of(),
                    judged.chainPem(),
                    judged.caBundlePem(),
                    judged.fingerprints(),
                    from);
            SealingContext context = new SealingContext(
                    "sandbox", NAMESPACE, "app1", "nginx", judged.facts().fingerprint());
            byte[] sealed = Sealer.of(keyset.publicKeyset()).seal(judged.key().pkcs8(), context);
            return new Credential(certificate, sealed, context);
        }
    }

    public static IdentitySpec spec() {
        return spec(Placement.TEAM_NAMESPACE, 1);
    }

    public static IdentitySpec spec(Placement placement, int revision) {
        return spec(placement, revision, "app1");
    }

    /** The same with another service account. */
    public static IdentitySpec spec(Placement placement, int revision, String serviceAccount) {
        return spec(placement, revision, serviceAccount, 1, CREDENTIAL);
    }

    /** A revision that presents the certificate that it brings. */
    public static IdentitySpec rotated(int revision, Credential credential) {
        return spec(Placement.TEAM_NAMESPACE, revision, "app1", revision, credential);
    }

    private static IdentitySpec spec(
            Placement placement, int revision, String serviceAccount, int certificateRevision, Credential credential) {
        Flavour flavour = placement == Placement.TEAM_NAMESPACE ? Flavour.SOLO : Flavour.UPSTREAM;
        return new IdentitySpec(
                ID,
                revision,
                new Cluster(1, "sandbox", "cluster.local", flavour, DriftPolicy.RESTORE),
                new Gateway(1, 1, "egress-waypoint", "istio-egress", "egress-waypoint", placement),
                new Destination(1, "nginx", "nginx", HOST, 443, 80, "nginx-mesh-external-se", Optional.empty(), 1),
                new App(
                        1,
                        "app_3fK8sWq1nHt6ZbX0yPdR5v",
                        1,
                        "payments",
                        1,
                        "sandbox",
                        "app1",
                        new Principal("cluster.local", NAMESPACE, serviceAccount),
                        Instant.EPOCH),
                "app1-client-mtls-secret",
                certificateRevision,
                credential.certificate().fingerprints());
    }

    /** What is rendered, in the order of apply: what is shared first. */
    public static List<Manifest> manifests(IdentitySpec spec) {
        return Stream.concat(IdentityManifests.renderShared(spec).stream(), IdentityManifests.render(spec).stream())
                .toList();
    }

    public static PlanObject planned(Manifest manifest, PlanObject.Action action) {
        return new PlanObject(
                manifest.apiVersion(),
                manifest.kind(),
                manifest.namespace(),
                manifest.name(),
                action,
                "",
                manifest.json(),
                manifest.belongsTo(ResourceKind.IDENTITY));
    }
}
