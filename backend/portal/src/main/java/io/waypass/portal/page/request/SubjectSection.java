package io.waypass.portal.page.request;

import io.waypass.plan.Plan;
import io.waypass.request.RequestContent;
import io.waypass.request.RequestDetail;
import java.time.Instant;

/** What a request's page shows of what the request is about; one type, and one template, for each kind of resource. */
sealed interface SubjectSection permits IdentitySection, OrphanSection {

    /**
     * {@return the template with the fragments {@code heading}, {@code actions}, {@code deletes}, {@code content} and {@code credential},
     * each of which takes the view}
     */
    String template();

    /** {@return where the same is asked for once more} */
    String again();

    /** {@return how many objects are still to be deleted} @param plan the request's present plan */
    long deletes(Plan plan);

    /** {@return whether the manifests of deleted objects are unfolded, because nothing above says what they are} */
    boolean unfoldsDeletes();

    /** {@return prefix of the messages around the decision} */
    String decision();

    /** {@return what the section shows that changes while the page is open; empty if nothing does} */
    String seen();

    static SubjectSection of(RequestDetail detail, Instant now) {
        return switch (detail.content()) {
            case RequestContent.OfIdentity identity -> IdentitySection.of(detail, identity, now);
            case RequestContent.OfOrphans removal ->
                OrphanSection.of(detail.summary().cluster(), removal);
        };
    }
}
