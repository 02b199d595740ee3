package io.waypass.plan;

import java.util.Arrays;
import java.util.List;

/**
 * Every check of a plan. The codes are stable; the list in the documentation is generated from here.
 *
 * <p>Sources of the rules: Istio's measured behaviour (a status of True is not proof; no status shows a second
 * ServiceEntry of a host) and the limits of the Gateway API's HTTPRoute.
 */
public enum CheckCode {
    CERTIFICATE_VALID(
            "certificate.valid",
            true,
            "The certificate, judged once more: it is in time, and no intake rule is broken"),
    CERTIFICATE_FINDINGS(
            "certificate.findings", false, "What certificate intake warned of when the request was submitted"),
    KEY_USABLE("key.usable", true, "The sealed private key opens and belongs to the certificate"),
    NAMESPACE_EXISTS("namespace.exists", true, "The app's namespace exists"),
    NAMESPACE_AMBIENT("namespace.ambient", false, "The app's namespace is in the ambient mesh"),
    NAMESPACE_TEAM("namespace.team", true, "The app's namespace belongs to the team that asks"),
    SERVICE_ACCOUNT_EXISTS("service-account.exists", true, "The app's service account exists"),
    SERVICE_ACCOUNT_OWN("service-account.own", true, "The service account is not default, as which every pod may run"),
    PRINCIPAL_UNIQUE(
            "principal.unique", true, "No other identity presents a certificate for this principal at this host"),
    HOST_UNIQUE(
            "host.unique",
            true,
            "No ServiceEntry but the shared one, and no XBackend, claims the destination's host, mesh-wide"),
    SYNTHETIC_HOST_UNIQUE(
            "synthetic-host.unique",
            true,
            "No ServiceEntry but the identity's own, and no XBackend, claims its synthetic host"),
    NAMES_FIT("names.fit", true, "The synthetic host has at most 253 characters, every object's name at most 63"),
    GATEWAY_EXISTS("gateway.exists", true, "The Gateway of the destination exists"),
    GATEWAY_PROGRAMMED("gateway.programmed", false, "The mesh reports the Gateway as programmed"),
    ISTIOD_FLAVOUR(
            "istiod.flavour", false, "The istiod that runs is of the distribution as which the cluster is registered"),
    GATEWAY_CROSS_NAMESPACE(
            "gateway.cross-namespace",
            false,
            "istiod permits this gateway to use secrets and routes of app namespaces, where the placement needs it"),
    GATEWAY_PRINCIPAL_HEADER(
            "gateway.principal-header",
            false,
            "An EnvoyFilter of the gateway writes the caller's principal into the header that routes match on, and nothing forges it"),
    SHARED_SERVICE_ENTRY_EXISTS(
            "shared-service-entry.exists", true, "The shared ServiceEntry exists and claims the destination's host"),
    SHARED_SERVICE_ENTRY_BOUND(
            "shared-service-entry.bound", false, "The mesh reports the shared ServiceEntry as bound to the waypoint"),
    ROUTE_LIMITS(
            "route.limits",
            true,
            "The HTTPRoute keeps within the Gateway API's limits: 16 rules, 64 matches a rule, 16 headers a match, 32 parents"),
    ROUTE_UNSHADOWED(
            "route.unshadowed", false, "No other HTTPRoute on the shared ServiceEntry takes this principal's calls"),
    CREDENTIAL_UNSHARED(
            "credential.unshared", false, "No other DestinationRule names the identity's Secret or its synthetic host"),
    OBJECT_FOREIGN("object.foreign", true, "No object of the plan's names belongs to somebody else"),
    FIELD_CONFLICT("field.conflict", true, "No other field manager owns a field that Waypass would set"),
    DRY_RUN_ACCEPTED("dry-run.accepted", true, "The API server accepts every object in a dry run"),
    INVENTORY_WATCHED(
            "inventory.watched",
            false,
            "The applier watches everything that the plan relies on, so that a change is noticed"),
    ORPHANS_LEFT(
            "orphans.left",
            true,
            "Of a removal of orphans: at least one object of the list is there and belongs to nothing"),
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
     * Whether a request is invalid if this check failed. Otherwise the request waits for a decision and shows the
     * failed check: others than the team can fix it, and the request is planned again afterwards.
     *
     * @return true if a request cannot be approved without it
     */
    public boolean required() {
        return required;
    }

    /** {@return one sentence, without a full stop: what is true if the check passed} */
    public String meaning() {
        return meaning;
    }

    /** {@return whether a stored check's code makes its request invalid; unknown codes of old plans do} */
    static boolean required(String value) {
        List<CheckCode> found =
                Arrays.stream(values()).filter(code -> code.value.equals(value)).toList();
        return found.isEmpty() || found.getFirst().required;
    }

    /**
     * Creates the result of a check that passed.
     *
     * @param message what was found
     */
    public PlanCheck passed(String message) {
        return new PlanCheck(value, PlanCheck.Level.PASSED, message, "");
    }

    /**
     * Creates the result of a check that passed with a warning.
     *
     * @param message what was found
     * @param toDo what to do
     */
    public PlanCheck warning(String message, String toDo) {
        return new PlanCheck(value, PlanCheck.Level.WARNING, message, toDo);
    }

    /**
     * Creates the result of a check that failed.
     *
     * @param message what was found
     * @param toDo what to do
     */
    public PlanCheck failed(String message, String toDo) {
        return new PlanCheck(value, PlanCheck.Level.FAILED, message, toDo);
    }

    /**
     * Creates the result of a check that could not be evaluated.
     *
     * @param message why not
     * @param toDo what to do to get a result
     */
    public PlanCheck unknown(String message, String toDo) {
        return new PlanCheck(value, PlanCheck.Level.UNKNOWN, message, toDo);
    }
}
