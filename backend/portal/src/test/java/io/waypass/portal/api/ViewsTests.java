package io.waypass.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.waypass.app.Principal;
import io.waypass.cluster.LabelledObject;
import io.waypass.cluster.Orphan;
import io.waypass.identity.IdentitySummary;
import io.waypass.plan.CheckCounts;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSubject;
import io.waypass.request.RequestSummary;
import io.waypass.resource.Condition;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.WatchHealth;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Programs see views without the sections that they are composed of. */
class ViewsTests {

    private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");
    private static final Principal PRINCIPAL = new Principal("cluster.local", "one", "orders");

    /** As {@code spring.jackson} in application.yaml. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
            .build();

    @Test
    void aRequestAboutAnIdentityIsOneFlatObject() {
        assertShown(
                RequestView.of(new RequestSummary(
                        4,
                        "req_4",
                        RequestKind.ROTATE_CERTIFICATE,
                        new RequestSummary.Standing(
                                RequestStatus.PENDING,
                                NOON,
                                Optional.of("The gateway changed."),
                                Optional.of("The API server is away.")),
                        Optional.of("one"),
                        "sandbox",
                        new RequestSubject.OfIdentity(
                                "idn_3",
                                "app_2",
                                "orders",
                                PRINCIPAL,
                                "nginx",
                                "my-nginx.foo.bar",
                                Optional.of("CN=orders"),
                                Optional.of(NOON.plusSeconds(60)),
                                Optional.of(NOON.plusSeconds(30))),
                        new RequestSummary.Asked("sub-1", "Member", NOON.minusSeconds(60)),
                        Optional.of(new RequestSummary.PresentPlan("pln_5", "sha256:00", new CheckCounts(7, 2, 1, 3))),
                        1,
                        2)),
                """
                {
                  "id": "req_4",
                  "kind": "rotate-certificate",
                  "status": "pending",
                  "statusChangedAt": "2026-11-28T12:00:00Z",
                  "statusMessage": "The gateway changed.",
                  "waitingReason": "The API server is away.",
                  "team": "one",
                  "cluster": "sandbox",
                  "app": "app_2",
                  "appName": "orders",
                  "principal": "spiffe://cluster.local/ns/one/sa/orders",
                  "destination": "nginx",
                  "host": "my-nginx.foo.bar",
                  "identity": "idn_3",
                  "subject": "CN=orders",
                  "notAfter": "2026-11-28T12:01:00Z",
                  "requestedBy": "Member",
                  "requestedAt": "2026-11-28T11:59:00Z",
                  "checks": {"passed": 7, "warnings": 2, "failed": 1, "unknown": 3},
                  "approvals": 1,
                  "approvalsNeeded": 2
                }
                """);
    }

    @Test
    void aRequestAboutOrphansHasNothingOfAnIdentity() {
        assertShown(
                RequestView.of(new RequestSummary(
                        4,
                        "req_4",
                        RequestKind.REMOVE_ORPHANS,
                        new RequestSummary.Standing(RequestStatus.PLANNING, NOON, Optional.empty(), Optional.empty()),
                        Optional.empty(),
                        "sandbox",
                        new RequestSubject.OfOrphans(3),
                        new RequestSummary.Asked("sub-1", "Admin", NOON),
                        Optional.empty(),
                        0,
                        1)),
                """
                {
                  "id": "req_4",
                  "kind": "remove-orphans",
                  "status": "planning",
                  "statusChangedAt": "2026-11-28T12:00:00Z",
                  "cluster": "sandbox",
                  "objects": 3,
                  "requestedBy": "Admin",
                  "requestedAt": "2026-11-28T12:00:00Z",
                  "approvals": 0,
                  "approvalsNeeded": 1
                }
                """);
    }

    @Test
    void anIdentityIsOneFlatObject() {
        assertShown(
                IdentityView.of(new IdentitySummary(
                        3,
                        "idn_3",
                        "one",
                        "sandbox",
                        new IdentitySummary.Call("app_2", "orders", PRINCIPAL, "nginx", "my-nginx.foo.bar"),
                        new IdentitySummary.Revisions(Optional.of(3), Optional.of(2), Optional.of(1), true),
                        Optional.of("CN=orders"),
                        Optional.of(NOON),
                        Optional.of(new WatchHealth(NOON, Optional.of("Secrets"), true)),
                        List.of(new Condition(
                                Condition.Type.IN_SYNC,
                                Condition.Status.TRUE,
                                "AsApproved",
                                "All objects are as approved.",
                                NOON,
                                NOON)))),
                """
                {
                  "id": "idn_3",
                  "team": "one",
                  "cluster": "sandbox",
                  "app": "app_2",
                  "appName": "orders",
                  "principal": "spiffe://cluster.local/ns/one/sa/orders",
                  "destination": "nginx",
                  "host": "my-nginx.foo.bar",
                  "desiredRevision": 3,
                  "appliedRevision": 2,
                  "retiredRevision": 1,
                  "retiring": true,
                  "subject": "CN=orders",
                  "notAfter": "2026-11-28T12:00:00Z",
                  "watch": {"current": true, "seenAt": "2026-11-28T12:00:00Z", "unwatched": "Secrets"},
                  "conditions": [
                    {
                      "type": "InSync",
                      "status": "True",
                      "reason": "AsApproved",
                      "message": "All objects are as approved.",
                      "lastTransitionAt": "2026-11-28T12:00:00Z",
                      "observedAt": "2026-11-28T12:00:00Z"
                    }
                  ]
                }
                """);
    }

    @Test
    void anOrphanIsOneFlatObject() {
        assertShown(
                OrphanView.of(new Orphan(
                        9,
                        "sandbox",
                        new LabelledObject(
                                "v1",
                                new ObjectPlace("Secret", "one", "nginx-client"),
                                "uid-1",
                                "77",
                                Optional.of("idn_3"),
                                Optional.of("nginx"),
                                "kubectl"),
                        Orphan.Cause.OWNER_GONE,
                        NOON,
                        NOON.plusSeconds(60),
                        Optional.of("req_4"))),
                """
                {
                  "cluster": "sandbox",
                  "apiVersion": "v1",
                  "kind": "Secret",
                  "namespace": "one",
                  "name": "nginx-client",
                  "uid": "uid-1",
                  "identity": "idn_3",
                  "owner": "nginx",
                  "cause": "owner-gone",
                  "managers": "kubectl",
                  "firstSeenAt": "2026-11-28T12:00:00Z",
                  "seenAt": "2026-11-28T12:01:00Z",
                  "request": "req_4"
                }
                """);
    }

    private static void assertShown(Object view, String json) {
        assertThat(JSON.readTree(JSON.writeValueAsString(view))).isEqualTo(JSON.readTree(json));
    }
}
