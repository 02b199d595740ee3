package io.waypass.portal.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.waypass.portal.api.CertificateViews.CertificateView;
import io.waypass.request.RequestContent;
import io.waypass.request.RequestSubject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The subject of a request: everything in the API's views that depends on the kind of resource. The members of all kinds are side by
 * side; those of other kinds are absent.
 *
 * @param identity of a request about an identity
 * @param objects number of objects of a removal of orphans; the objects of an identity are in the plan
 */
record RequestSubjectView(@JsonUnwrapped @Nullable IdentitySubjectView identity, Optional<Integer> objects) {

    record IdentitySubjectView(
            @JsonUnwrapped CallView call, String identity, Optional<String> subject, Optional<Instant> notAfter) {
        static IdentitySubjectView of(RequestSubject.OfIdentity identity) {
            return new IdentitySubjectView(
                    CallView.of(identity), identity.identityId(), identity.subject(), identity.notAfter());
        }
    }

    /** The content of the request. */
    record ContentView(Optional<CertificateView> certificate, Optional<List<ListedOrphanView>> orphans) {
        static ContentView of(RequestContent content) {
            return switch (content) {
                case RequestContent.OfIdentity identity ->
                    new ContentView(identity.certificate().map(CertificateView::of), Optional.empty());
                case RequestContent.OfOrphans removal ->
                    new ContentView(
                            Optional.empty(),
                            Optional.of(removal.objects().stream()
                                    .map(ListedOrphanView::of)
                                    .toList()));
            };
        }

        /** {@return the part of the content that may change while the request's status stays} */
        static String state(RequestContent content) {
            return switch (content) {
                case RequestContent.OfIdentity _ -> "";
                case RequestContent.OfOrphans removal -> "|" + removal.objects();
            };
        }
    }

    static RequestSubjectView of(RequestSubject subject) {
        return switch (subject) {
            case RequestSubject.OfIdentity identity ->
                new RequestSubjectView(IdentitySubjectView.of(identity), Optional.empty());
            case RequestSubject.OfOrphans orphans -> new RequestSubjectView(null, Optional.of(orphans.objects()));
        };
    }
}
