package io.waypass.plan;

import io.waypass.resource.ResourceKind;
import java.util.Arrays;
import java.util.List;

/**
 * Everything that is looked at while planning. The codes are stable; the operator guide's list is generated from here.
 *
 * <p>Where the rules come from: Istio's measured behaviour (a status of True is not proof; a second ServiceEntry of a host shows
 * in no status) and the limits of the Gateway API's HTTPRoute.
 */
public enum CheckCode {
    /** Facts of the certificate and its chain, judged once more. */
    CERTIFICATE_VALID(
            "certificate.valid",
            true,
            "The certificate, judged once more: it is in time, and no intake rule is broken"),
    /** What intake warned of. */
    CERTIFICATE_FINDINGS(
            "certificate.findings", false, "What certificate intake warned of when the request was submitted"),
    /** The sealed key. */
    KEY_USABLE("key.usable", true, "The sealed private key opens and belongs to the certificate"),
    /** The app's namespace. */
    NAMESPACE_EXISTS("namespace.exists", true, "The app's namespace exists"),
    /** The app's namespace in the mesh. */
    NAMESPACE_AMBIENT("namespace.ambient", false, "The app's namespace is in the ambient mesh"),
    /** The app's namespace and its owner. */
    NAMESPACE_TEAM("namespace.team", true, "The app's namespace belongs to the team that asks"),
    /** The app's service account. */
    SERVICE_ACCOUNT_EXISTS("service-account.exists", true, "The app's service account exists"),
    /** The app's service account is its own. */
    SERVICE_ACCOUNT_OWN("service-account.own", true, "The service account is not default, as which every pod may run"),
    /** No other identity of the same principal and host. */
    PRINCIPAL_UNIQUE(
            "principal.unique", true, "No other identity presents a certificate for this principal at this host"),
    /** The destination's host. */
    HOST_UNIQUE("host.unique", true, "No ServiceEntry but the shared one claims the destination's host, mesh-wide"),
    /** The identity's synthetic host. */
    SYNTHETIC_HOST_UNIQUE(
            "synthetic-host.unique", true, "No ServiceEntry but the identity's own claims its synthetic host"),
    /** Lengths. */
    NAMES_FIT("names.fit", true, "The synthetic host has at most 253 characters, every object's name at most 63"),
    /** The gateway's object. */
    GATEWAY_EXISTS("gateway.exists", true, "The Gateway of the destination exists"),
    /** The gateway's status. */
    GATEWAY_PROGRAMMED("gateway.programmed", false, "The mesh reports the Gateway as programmed"),
    /** What istiod permits. */
    GATEWAY_CROSS_NAMESPACE(
            "gateway.cross-namespace",
            false,
            "istiod permits this gateway to use secrets and routes of app namespaces, where the placement needs it"),
    /** The shared ServiceEntry's object. */
    SHARED_SERVICE_ENTRY_EXISTS(
            "shared-service-entry.exists", true, "The shared ServiceEntry exists and claims the destination's host"),
    /** The shared ServiceEntry's status. */
    SHARED_SERVICE_ENTRY_BOUND(
            "shared-service-entry.bound", false, "The mesh reports the shared ServiceEntry as bound to the waypoint"),
    /** Limits of the Gateway API. */
    ROUTE_LIMITS(
            "route.limits",
            true,
            "The HTTPRoute keeps within the Gateway API's limits: 16 rules, 64 matches a rule, 16 headers a match, 32 parents"),
    /** Other routes. */
    ROUTE_UNSHADOWED(
            "route.unshadowed", false, "No other HTTPRoute on the shared ServiceEntry takes this principal's calls"),
    /** Other rules. */
    CREDENTIAL_UNSHARED(
            "credential.unshared", false, "No other DestinationRule names the identity's Secret or its synthetic host"),
    /** Objects of others. */
    OBJECT_FOREIGN("object.foreign", true, "No object of the plan's names belongs to somebody else"),
    /** Fields of others. */
    FIELD_CONFLICT("field.conflict", true, "No other field manager owns a field that Waypass would set"),
    /** The API server's word. */
    DRY_RUN_ACCEPTED("dry-run.accepted", true, "The API server accepts every object in a dry run"),
    /** Whether changes would be seen. */
    INVENTORY_WATCHED(
            "inventory.watched",
            false,
            "The applier watches everything that the plan relies on, so that a change is noticed"),
    /** The list of an orphan removal. */
    ORPHANS_LEFT(
            "orphans.left",
            true,
            "Of a removal of orphans: at least one object of the list is there and belongs to nothing"),
    /** Each object of the list. */
    ORPHANS_UNCLAIMED(
            "orphans.unclaimed",
            false,
            "Of a removal of orphans: every object of the list is there and belongs to nothing");

    private final String value;
    private final boolean required;
    private final String meaning;

    CheckCode(String value, boolean required, String meaning) {
        this.value = value;
        this.required = required;
        this.meaning = meaning;
    }

    /** {@return the stable code, dotted} */
    public String value() {
        return value;
    }

    /**
     * Whether a request is invalid where this check failed. Where it is not, the request waits for a decision with the failed
     * check in plain sight: somebody else than the team can mend it, and the plan is made anew once they have.
     *
     * @return true if nothing can be approved without it
     */
    public boolean required() {
        return required;
    }

    /** {@return the kind of resource whose plans have the check} */
    public ResourceKind resource() {
        return this == ORPHANS_LEFT || this == ORPHANS_UNCLAIMED ? ResourceKind.CLUSTER : ResourceKind.IDENTITY;
    }

    /** {@return the checks that plans of a kind of resource have} @param kind which */
    public static List<CheckCode> of(ResourceKind kind) {
        return Arrays.stream(values()).filter(code -> code.resource() == kind).toList();
    }

    /** {@return one sentence, without a full stop: what holds if the check passed} */
    public String meaning() {
        return meaning;
    }

    /** {@return whether a check that was kept has a code that makes its request invalid; unknown codes of old plans do} */
    static boolean required(String value) {
        List<CheckCode> found =
                Arrays.stream(values()).filter(code -> code.value.equals(value)).toList();
        return found.isEmpty() || found.getFirst().required;
    }

    /**
     * It is as it should be.
     *
     * @param message what was found
     * @return the answer
     */
    public PlanCheck passed(String message) {
        return new PlanCheck(value, PlanCheck.Level.PASSED, message, "");
    }

    /**
     * It works, and somebody should know.
     *
     * @param message what was found
     * @param toDo what to do
     * @return the answer
     */
    public PlanCheck warning(String message, String toDo) {
        return new PlanCheck(value, PlanCheck.Level.WARNING, message, toDo);
    }

    /**
     * It is not as it should be.
     *
     * @param message what was found
     * @param toDo what to do
     * @return the answer
     */
    public PlanCheck failed(String message, String toDo) {
        return new PlanCheck(value, PlanCheck.Level.FAILED, message, toDo);
    }

    /**
     * Nobody could tell.
     *
     * @param message why not
     * @param toDo what to do to know
     * @return the answer
     */
    public PlanCheck unknown(String message, String toDo) {
        return new PlanCheck(value, PlanCheck.Level.UNKNOWN, message, toDo);
    }
}
