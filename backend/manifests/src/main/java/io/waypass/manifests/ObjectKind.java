package io.waypass.manifests;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kinds of objects that Waypass reads or writes, with everything that depends on the kind alone: watches, the order
 * of apply and removal, and what the chart's roles grant. Constants are in the order of apply: an object is written
 * after those that it relies on, and removed before them.
 */
public enum ObjectKind {
    /** Namespaces of apps and gateways. */
    NAMESPACE("v1", "Namespace", "namespaces", Watch.WHOLE_MESH, Calls.UNTOUCHED, Access.READ),
    /** Service accounts that apps run as. */
    SERVICE_ACCOUNT("v1", "ServiceAccount", "serviceaccounts", Watch.WHOLE_MESH, Calls.UNTOUCHED, Access.READ),
    /** Tells the cluster's admission policies which hosts are in the catalogue. */
    CONFIG_MAP("v1", "ConfigMap", "configmaps", Watch.NEVER, Calls.UNTOUCHED, Access.KEEP_ONE_BESIDE_APPLIER),
    /** istiod's own: image and variables tell what it is and permits. And those of waypoints: whether a pod is available. */
    DEPLOYMENT("apps/v1", "Deployment", "deployments", Watch.MESH_WORKLOADS, Calls.UNTOUCHED, Access.WATCH),
    /** istiod's leader elections: as long as they are renewed, what it reports is current. */
    LEASE("coordination.k8s.io/v1", "Lease", "leases", Watch.ISTIOD, Calls.UNTOUCHED, Access.WATCH_ISTIOD),
    /** The definition of XBackend alone: whether the cluster has that kind. */
    CUSTOM_RESOURCE_DEFINITION(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            "customresourcedefinitions",
            Watch.BACKENDS,
            Calls.UNTOUCHED,
            Access.WATCH),
    /**
     * Claims a host, too: istiod makes a ServiceEntry of it that nobody sees (Istio 1.32, Gateway API's experimental
     * channel).
     */
    X_BACKEND(
            "gateway.networking.x-k8s.io/v1alpha1",
            "XBackend",
            "xbackends",
            Watch.BACKENDS,
            Calls.UNTOUCHED,
            Access.WATCH),
    /** The egress waypoint. */
    GATEWAY("gateway.networking.k8s.io/v1", "Gateway", "gateways", Watch.WHOLE_MESH, Calls.UNTOUCHED, Access.READ),
    /** Writes the caller's principal into the header that routes match on; the platform manages it. */
    ENVOY_FILTER(
            "networking.istio.io/v1alpha3",
            "EnvoyFilter",
            "envoyfilters",
            Watch.WHOLE_MESH,
            Calls.UNTOUCHED,
            Access.WATCH),
    /** Lets a waypoint read the Secrets in its namespace. */
    ROLE(
            "rbac.authorization.k8s.io/v1",
            "Role",
            "roles",
            Watch.BY_LABEL,
            Calls.UNTOUCHED,
            Access.KEEP_IN_GATEWAY_NAMESPACES),
    /** The API server resolves the Role, which has to exist first. */
    ROLE_BINDING(
            "rbac.authorization.k8s.io/v1",
            "RoleBinding",
            "rolebindings",
            Watch.BY_LABEL,
            Calls.UNTOUCHED,
            Access.KEEP_IN_GATEWAY_NAMESPACES),
    /** The client certificate and its key; watched by label, so that no other Secret is ever sent to the applier. */
    SECRET("v1", "Secret", "secrets", Watch.BY_LABEL, Calls.UNTOUCHED, Access.KEEP),
    /** Makes the gateway present the certificate. */
    DESTINATION_RULE(
            "networking.istio.io/v1",
            "DestinationRule",
            "destinationrules",
            Watch.WHOLE_MESH,
            Calls.UNTOUCHED,
            Access.KEEP),
    /** The synthetic host that represents the app at the partner. */
    SERVICE_ENTRY(
            "networking.istio.io/v1", "ServiceEntry", "serviceentries", Watch.WHOLE_MESH, Calls.UNTOUCHED, Access.KEEP),
    /** Routes the app's calls to the synthetic host. */
    HTTP_ROUTE(
            "gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes", Watch.WHOLE_MESH, Calls.LEADS_THEM, Access.KEEP),
    /** Admits the app at the gateway. */
    AUTHORIZATION_POLICY(
            "security.istio.io/v1",
            "AuthorizationPolicy",
            "authorizationpolicies",
            Watch.BY_LABEL,
            Calls.ADMITS_THEM,
            Access.KEEP);

    /** Which objects of a kind are watched. */
    public enum Watch {
        /** All of them, whoever manages them: plans rely on facts about the whole mesh. */
        WHOLE_MESH,
        /** Those with Waypass's label, metadata only. */
        BY_LABEL,
        /** Those of istiod and of waypoints, by their labels. */
        MESH_WORKLOADS,
        /** All XBackends, once the cluster has their definition. */
        BACKENDS,
        /** Those in istiod's namespace, where the applier may read it. */
        ISTIOD,
        /** None: it is read when it is needed. */
        NEVER
    }

    /** Effect of an identity's own object of a kind on the app's calls. */
    private enum Calls {
        UNTOUCHED,
        LEADS_THEM,
        ADMITS_THEM
    }

    /** Where rights are granted. */
    public enum Scope {
        /** By a ClusterRole, everywhere. */
        CLUSTER,
        /** By a Role in each namespace in which a gateway keeps objects of identities. */
        GATEWAY_NAMESPACE,
        /** By a Role in istiod's namespace. */
        ISTIO_NAMESPACE,
        /** By a Role in the applier's namespace, for one name. */
        ONE_BESIDE_APPLIER
    }

    private enum Access {
        READ(List.of("get", "list", "watch"), List.of(), List.of(), List.of()),
        WATCH(List.of("list", "watch"), List.of(), List.of(), List.of()),
        /** Server-side apply is a patch; for a new object, it needs create as well. */
        KEEP(List.of("get", "list", "watch", "create", "patch", "delete"), List.of(), List.of(), List.of()),
        /** Neither bind nor escalate: it grants only what it has itself. */
        KEEP_IN_GATEWAY_NAMESPACES(
                List.of("get", "list", "watch"), List.of("create", "patch", "delete"), List.of(), List.of()),
        WATCH_ISTIOD(List.of(), List.of(), List.of("list", "watch"), List.of()),
        KEEP_ONE_BESIDE_APPLIER(List.of(), List.of(), List.of(), List.of("get", "create", "patch"));

        private final List<String> cluster;
        private final List<String> gatewayNamespace;
        private final List<String> istioNamespace;
        private final List<String> besideApplier;

        Access(
                List<String> cluster,
                List<String> gatewayNamespace,
                List<String> istioNamespace,
                List<String> besideApplier) {
            this.cluster = cluster;
            this.gatewayNamespace = gatewayNamespace;
            this.istioNamespace = istioNamespace;
            this.besideApplier = besideApplier;
        }
    }

    private final String apiVersion;
    private final String kind;
    private final String plural;
    private final Watch watch;
    private final Calls calls;
    private final Access access;

    ObjectKind(String apiVersion, String kind, String plural, Watch watch, Calls calls, Access access) {
        this.apiVersion = apiVersion;
        this.kind = kind;
        this.plural = plural;
        this.watch = watch;
        this.calls = calls;
        this.access = access;
    }

    /**
     * @param kind such as {@code ServiceEntry}
     * @return the kind; empty if Waypass does not use it
     */
    public static Optional<ObjectKind> find(String kind) {
        return Arrays.stream(values()).filter(each -> each.kind.equals(kind)).findFirst();
    }

    /**
     * @param kind such as {@code ServiceEntry}
     * @throws IllegalStateException if Waypass does not use it
     */
    public static ObjectKind of(String kind) {
        return find(kind).orElseThrow(() -> new IllegalStateException("Waypass has nothing to do with " + kind));
    }

    public static List<ObjectKind> watched(Watch how) {
        return Stream.of(values()).filter(each -> each.watch == how).toList();
    }

    /**
     * {@return the kinds that Waypass writes and that are watched in the whole mesh: their objects are facts of plans,
     * too}
     */
    public static List<ObjectKind> writtenFacts() {
        return watched(Watch.WHOLE_MESH).stream().filter(ObjectKind::isWritten).toList();
    }

    /** {@return such as {@code networking.istio.io/v1}} */
    public String apiVersion() {
        return apiVersion;
    }

    /** {@return the API group; empty for the core group} */
    public String group() {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    /** {@return such as {@code ServiceEntry}} */
    public String kind() {
        return kind;
    }

    /** {@return the plural in API paths and roles, such as {@code serviceentries}} */
    public String plural() {
        return plural;
    }

    public boolean isNamespaced() {
        return this != NAMESPACE && this != CUSTOM_RESOURCE_DEFINITION;
    }

    public Watch watch() {
        return watch;
    }

    /** {@return whether plans contain objects of it, which Waypass writes and removes} */
    public boolean isWritten() {
        return access == Access.KEEP || access == Access.KEEP_IN_GATEWAY_NAMESPACES;
    }

    /** {@return whether an identity's own object of it lets calls reach the partner} */
    public boolean opensDoor() {
        return calls != Calls.UNTOUCHED;
    }

    /** {@return whether an identity's own object of it admits the app: without it, the gateway refuses the app} */
    public boolean admitsApp() {
        return calls == Calls.ADMITS_THEM;
    }

    /** {@return the RBAC verbs that the applier needs} */
    public List<String> verbs(Scope scope) {
        return switch (scope) {
            case CLUSTER -> access.cluster;
            case GATEWAY_NAMESPACE -> access.gatewayNamespace;
            case ISTIO_NAMESPACE -> access.istioNamespace;
            case ONE_BESIDE_APPLIER -> access.besideApplier;
        };
    }
}
