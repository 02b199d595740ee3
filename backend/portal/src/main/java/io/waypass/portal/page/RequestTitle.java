package io.waypass.portal.page;

import io.waypass.request.RequestSubject;
import io.waypass.request.RequestSummary;

/** What a request is about, in one line. */
public final class RequestTitle {

    private RequestTitle() {}

    /** {@return such as {@code app1 → my-nginx.foo.bar}, or {@code 2 orphans of cluster sandbox}} */
    public static String of(RequestSummary summary) {
        return switch (summary.subject()) {
            case RequestSubject.OfIdentity identity -> identity.app() + " → " + identity.host();
            case RequestSubject.OfOrphans orphans ->
                (orphans.objects() == 1 ? "1 orphan" : orphans.objects() + " orphans") + " of cluster "
                        + summary.cluster();
        };
    }
}
