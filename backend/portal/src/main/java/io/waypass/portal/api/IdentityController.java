package io.waypass.portal.api;

import io.waypass.access.Person;
import io.waypass.certificate.CertificateComparison;
import io.waypass.certificate.StoredCertificate;
import io.waypass.database.Slice;
import io.waypass.fingerprint.CertificateFingerprints;
import io.waypass.identity.Identities;
import io.waypass.identity.IdentityDetail;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ManifestYaml;
import io.waypass.portal.api.CertificateViews.CertificateView;
import io.waypass.request.CertificateVersion;
import io.waypass.request.RequestFilter;
import io.waypass.request.Requests;
import io.waypass.resource.ObservedObject;
import io.waypass.resource.ResourceEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class IdentityController {

    record ObjectView(
            String apiVersion,
            String kind,
            String namespace,
            String name,
            String state,
            Optional<String> uid,
            Optional<String> resourceVersion,
            Instant observedAt) {
        static ObjectView of(ObservedObject object) {
            return new ObjectView(
                    object.apiVersion(),
                    object.kind(),
                    object.namespace(),
                    object.name(),
                    object.state().value(),
                    object.uid(),
                    object.resourceVersion(),
                    object.observedAt());
        }
    }

    record IdentityDetailView(
            IdentityView identity,
            Optional<CertificateView> certificate,
            List<ObjectView> objects,
            List<RequestView> history) {}

    record FingerprintsView(String chain, String publicKey, String caBundle) {
        static FingerprintsView of(CertificateFingerprints fingerprints) {
            return new FingerprintsView(fingerprints.chain(), fingerprints.publicKey(), fingerprints.caBundle());
        }
    }

    record ChangeView(String field, List<String> before, List<String> after) {
        static List<ChangeView> between(StoredCertificate older, StoredCertificate newer) {
            return CertificateComparison.between(older, newer).changes().stream()
                    .map(line -> new ChangeView(line.field().value(), line.before(), line.after()))
                    .toList();
        }
    }

    record VersionView(
            CertificateView certificate,
            FingerprintsView fingerprints,
            String request,
            String status,
            boolean desired,
            boolean applied,
            List<ChangeView> changes) {}

    record SeenView(FingerprintsView fingerprints, Instant observedAt) {}

    record VersionsView(List<VersionView> items, Optional<SeenView> seenInCluster) {}

    record EventView(
            String type,
            String kind,
            String namespace,
            String name,
            String manager,
            String detail,
            int count,
            Instant firstAt,
            Instant lastAt) {
        static EventView of(ResourceEvent event) {
            return new EventView(
                    event.type().value(),
                    event.kind(),
                    event.namespace(),
                    event.name(),
                    event.manager(),
                    event.detail(),
                    event.count(),
                    event.firstAt(),
                    event.lastAt());
        }
    }

    private final Identities identities;
    private final Requests requests;

    IdentityController(Identities identities, Requests requests) {
        this.identities = identities;
        this.requests = requests;
    }

    @GetMapping("/api/v1/identities")
    Page<IdentityView> list(
            Person person,
            @RequestParam(defaultValue = "false") boolean retired,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<Integer> limit) {
        return Page.of(
                retired
                        ? identities.retired(person, cursor, Slice.limit(limit))
                        : identities.list(person, cursor, Slice.limit(limit)),
                IdentityView::of);
    }

    @GetMapping("/api/v1/identities/{id}/certificates")
    VersionsView certificates(Person person, @PathVariable String id) {
        List<CertificateVersion> versions = requests.certificateVersions(person, id);
        List<VersionView> items = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            CertificateVersion version = versions.get(i);
            items.add(new VersionView(
                    CertificateView.of(version.certificate()),
                    FingerprintsView.of(version.certificate().fingerprints()),
                    version.request(),
                    version.status().value(),
                    version.desired(),
                    version.applied(),
                    i + 1 < versions.size()
                            ? ChangeView.between(versions.get(i + 1).certificate(), version.certificate())
                            : List.of()));
        }
        return new VersionsView(
                items,
                identities.find(person, id).objects().stream()
                        .flatMap(object -> object
                                .fingerprints()
                                .map(seen -> new SeenView(FingerprintsView.of(seen), object.observedAt()))
                                .stream())
                        .findFirst());
    }

    /** Changes in the cluster that no request covers, newest first. */
    @GetMapping("/api/v1/identities/{id}/events")
    Page<EventView> events(
            Person person,
            @PathVariable String id,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<Integer> limit) {
        return Page.of(identities.events(person, id, cursor, Slice.limit(limit)), EventView::of);
    }

    /** Manifests that are kept in the cluster, with Secret data as fingerprints. */
    @GetMapping(path = "/api/v1/identities/{id}/manifests", produces = MediaType.APPLICATION_YAML_VALUE)
    String manifests(Person person, @PathVariable String id) {
        return ManifestYaml.of(requests.kept(person, id).stream()
                .map(object -> Manifest.of(object.manifest()))
                .toList());
    }

    @GetMapping("/api/v1/identities/{id}")
    IdentityDetailView find(Person person, @PathVariable String id) {
        IdentityDetail detail = identities.find(person, id);
        RequestFilter own = new RequestFilter(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(id));
        return new IdentityDetailView(
                IdentityView.of(detail.summary()),
                detail.certificate().map(CertificateView::of),
                detail.objects().stream().map(ObjectView::of).toList(),
                requests.list(person, own, Optional.empty(), Slice.DEFAULT_LIMIT).items().stream()
                        .map(RequestView::of)
                        .toList());
    }
}
