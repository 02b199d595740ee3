package io.waypass.portal.page.identity;

import io.waypass.access.Person;
import io.waypass.certificate.StoredCertificate;
import io.waypass.fingerprint.CertificateFingerprints;
import io.waypass.identity.Identities;
import io.waypass.identity.IdentityDetail;
import io.waypass.portal.page.Comparison;
import io.waypass.portal.page.Moment;
import io.waypass.request.CertificateVersion;
import io.waypass.request.Requests;
import io.waypass.resource.ObservedObject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** Pages of the versions of an identity's certificate: side by side, and compared with the Secret in the cluster. */
@Controller
class CertificatePages {

    record Row(
            int version,
            String subject,
            String status,
            boolean desired,
            boolean applied,
            String request,
            Moment uploaded,
            Moment until,
            String fingerprint) {}

    /** An observed entry of the Secret; {@code version} is 0 if it belongs to no version. */
    record Entry(String name, String fingerprint, int version, boolean expected) {}

    record Seen(Moment at, List<Entry> entries, boolean expected) {}

    record View(
            String id,
            String app,
            String namespace,
            String host,
            List<Row> versions,
            @Nullable Comparison comparison,
            @Nullable Seen seen,
            @Nullable String command) {}

    private final Identities identities;
    private final Requests requests;
    private final Clock clock;

    CertificatePages(Identities identities, Requests requests, Clock clock) {
        this.identities = identities;
        this.requests = requests;
        this.clock = clock;
    }

    @GetMapping("/identities/{id}/certificates")
    String versions(
            Person person,
            @PathVariable String id,
            @RequestParam Optional<String> older,
            @RequestParam Optional<String> newer,
            Model model) {
        Instant now = clock.instant();
        List<CertificateVersion> versions = requests.certificateVersions(person, id);
        IdentityDetail identity = identities.find(person, id);
        StoredCertificate right =
                chosen(versions, newer).orElse(versions.getFirst().certificate());
        StoredCertificate left = chosen(versions, older).orElse(before(versions, right));
        model.addAttribute(
                "view",
                new View(
                        id,
                        identity.summary().app(),
                        identity.summary().principal().namespace(),
                        identity.summary().host(),
                        versions.stream().map(version -> row(version, now)).toList(),
                        versions.size() > 1 ? Comparison.of(left, right) : null,
                        identity.objects().stream()
                                .filter(object -> object.fingerprints().isPresent())
                                .findFirst()
                                .map(object ->
                                        seen(identity.summary().lastSeen(object.observedAt()), object, versions, now))
                                .orElse(null),
                        identity.objects().stream()
                                .filter(object -> object.kind().equals("Secret"))
                                .findFirst()
                                .map(CertificatePages::command)
                                .orElse(null)));
        return "identity/certificates";
    }

    private static Optional<StoredCertificate> chosen(List<CertificateVersion> versions, Optional<String> number) {
        return versions.stream()
                .map(CertificateVersion::certificate)
                .filter(version -> number.filter(Integer.toString(version.version())::equals)
                        .isPresent())
                .findFirst();
    }

    /** The previous version, or the version itself if it is the first. */
    private static StoredCertificate before(List<CertificateVersion> versions, StoredCertificate version) {
        return versions.stream()
                .map(CertificateVersion::certificate)
                .filter(other -> other.version() < version.version())
                .findFirst()
                .orElse(version);
    }

    private static Row row(CertificateVersion version, Instant now) {
        StoredCertificate certificate = version.certificate();
        return new Row(
                certificate.version(),
                certificate.facts().subject(),
                version.status().value(),
                version.desired(),
                version.applied(),
                version.request(),
                Moment.of(certificate.uploadedAt(), now),
                Moment.of(certificate.facts().notAfter(), now),
                certificate.facts().fingerprint());
    }

    private static Seen seen(Instant seenAt, ObservedObject secret, List<CertificateVersion> versions, Instant now) {
        CertificateFingerprints found = secret.fingerprints().orElseThrow();
        List<Entry> entries = List.of(
                entry("tls.crt", found, versions, CertificateFingerprints::chain),
                entry("tls.key", found, versions, CertificateFingerprints::publicKey),
                entry("ca.crt", found, versions, CertificateFingerprints::caBundle));
        return new Seen(Moment.of(seenAt, now), entries, entries.stream().allMatch(Entry::expected));
    }

    /** Several versions may share a key or a CA bundle; the expected one is named if it is among them. */
    private static Entry entry(
            String name,
            CertificateFingerprints found,
            List<CertificateVersion> versions,
            Function<CertificateFingerprints, String> part) {
        String fingerprint = part.apply(found);
        List<CertificateVersion> same = versions.stream()
                .filter(version ->
                        part.apply(version.certificate().fingerprints()).equals(fingerprint))
                .toList();
        Optional<CertificateVersion> applied =
                same.stream().filter(CertificateVersion::applied).findFirst();
        int version = applied.or(() -> same.stream().findFirst())
                .map(each -> each.certificate().version())
                .orElse(0);
        return new Entry(name, fingerprint, version, applied.isPresent());
    }

    private static String command(ObservedObject secret) {
        return "kubectl get secret -n " + secret.namespace() + " " + secret.name()
                + " \\\n  -o jsonpath='{.data.tls\\.crt}' \\\n"
                + "  | base64 -d | openssl x509 -noout -fingerprint -sha256";
    }
}
