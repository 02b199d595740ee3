package io.waypass.applier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.app.App;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.gateway.Placement;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.controlplane.Call;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.awaitility.Awaitility;

/**
 * An identity whose app, destination and gateway belong to it alone, so that all that its requests write, what identities otherwise share
 * among it, tells of it by name and comes and goes with it.
 */
final class Trial {

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, SerializationFeature.INDENT_OUTPUT);

    private static final Map<String, String> KINDS = Map.of(
            "Secret", "v1",
            "DestinationRule", "networking.istio.io/v1",
            "ServiceEntry", "networking.istio.io/v1",
            "HTTPRoute", "gateway.networking.k8s.io/v1",
            "AuthorizationPolicy", "security.istio.io/v1",
            "Role", "rbac.authorization.k8s.io/v1",
            "RoleBinding", "rbac.authorization.k8s.io/v1");

    /** A request of it, as approved. */
    record Change(RequestKind kind, String request, int revision) {}

    private final Fixtures fixtures;
    private final String name;
    private final Placement placement;
    private final App app;
    private final List<Change> changes = new ArrayList<>();
    /** What each revision brought; nothing where it brought none. */
    private final List<Optional<Issued>> certificates = new ArrayList<>();

    private String identity = "";

    /**
     * Sets it up: app, service account, gateway, shared ServiceEntry and destination.
     *
     * @param name as long as those of the trials that it is to be compared with, and part of none of them
     */
    Trial(Fixtures fixtures, String name, Placement placement) {
        this.fixtures = fixtures;
        this.name = name;
        this.placement = placement;
        this.app = fixtures.app(name, cluster(placement));
        String gateway = "egress-waypoint";
        if (placement == Placement.GATEWAY_NAMESPACE) {
            gateway = name;
            apply("""
                    apiVersion: gateway.networking.k8s.io/v1
                    kind: Gateway
                    metadata: {name: %s, namespace: istio-egress}
                    spec:
                      gatewayClassName: istio-waypoint
                      listeners: [{name: mesh, port: 15008, protocol: HBONE}]
                    """);
            fixtures.gateways.register(
                    Fixtures.ADMIN, new Gateways.NewGateway(cluster(placement), name, "istio-egress", name, placement));
        }
        apply("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: %1$s-shared, namespace: istio-egress}
                spec:
                  hosts: [%1$s.foo.bar]
                  location: MESH_EXTERNAL
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  resolution: DNS
                  endpoints: [{address: unrouted.invalid}]
                """);
        fixtures.destinations.register(
                Fixtures.ADMIN,
                new Destinations.NewDestination(
                        name,
                        name,
                        cluster(placement),
                        "istio-egress/" + gateway,
                        name + ".foo.bar",
                        443,
                        80,
                        name + "-shared",
                        Optional.empty(),
                        1));
    }

    static String cluster(Placement placement) {
        return placement == Placement.TEAM_NAMESPACE ? "sandbox" : "upstream";
    }

    private void apply(String yaml) {
        fixtures.cluster
                .resource(Serialization.unmarshal(yaml.formatted(name), GenericKubernetesResource.class))
                .serverSideApply();
    }

    String name() {
        return name;
    }

    Placement placement() {
        return placement;
    }

    /** What was asked for last. */
    Change change() {
        return changes.getLast();
    }

    List<Change> changes() {
        return List.copyOf(changes);
    }

    /** Asks for a change; where it needs a certificate, for one of its own. */
    Trial submit(RequestKind kind) {
        Optional<Issued> certificate =
                kind.bringsCertificate() ? Optional.of(fixtures.certificate(name)) : Optional.empty();
        String request = switch (kind) {
            case CREATE_IDENTITY -> fixtures.submit(app, name, certificate.orElseThrow());
            case ROTATE_CERTIFICATE -> fixtures.rotate(app, name, certificate.orElseThrow());
            case RETIRE_IDENTITY -> fixtures.retire(app, name);
            case REFRESH, REMOVE_ORPHANS -> throw new IllegalArgumentException("no change to be disturbed");
        };
        certificates.add(certificate);
        changes.add(new Change(kind, request, certificates.size()));
        identity = fixtures.requests
                .find(Fixtures.ADMIN, request)
                .summary()
                .identity()
                .orElseThrow()
                .identityId();
        return this;
    }

    Trial planned() {
        return await(RequestStatus.PENDING);
    }

    /** Approves the last change's plan, once there is one. */
    Trial approve() {
        planned();
        fixtures.approve(change().request());
        return this;
    }

    Trial applied() {
        return await(RequestStatus.APPLIED);
    }

    private Trial await(RequestStatus status) {
        String request = change().request();
        Awaitility.await(change() + " of " + name + " becomes " + status)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> fixtures.owner
                                .sql("select status from request where public_id = :id")
                                .param("id", request)
                                .query(String.class)
                                .single(),
                        status.value()::equals);
        return this;
    }

    /** {@code idn_…}, from the first request on. */
    String identity() {
        return identity;
    }

    /** How often the trail says that a change is done. */
    long doneInTrail(Change of) {
        return fixtures.owner
                .sql(
                        "select count(*) from audit_event where subject = :id and action in ('identity.applied', 'identity.retired')")
                .param("id", of.request())
                .query(Long.class)
                .single();
    }

    /** The kinds of objects that events of a type tell of. */
    List<String> events(String type) {
        return fixtures.owner
                .sql("""
                        select e.kind from resource_event e join resource rs on rs.id = e.resource_id join identity i on i.id = rs.id
                        where rs.public_id = :identity and e.type = :type order by e.id
                        """)
                .param("identity", identity())
                .param("type", type)
                .query(String.class)
                .list();
    }

    boolean isMeantBy(Call call) {
        return call.isWrite() && call.name().contains(name);
    }

    /** What Waypass keeps in the cluster at this moment, of all trials. */
    static List<GenericKubernetesResource> kept(Fixtures fixtures) {
        return KINDS.entrySet().stream()
                .flatMap(kind -> fixtures
                        .cluster
                        .genericKubernetesResources(kind.getValue(), kind.getKey())
                        .inAnyNamespace()
                        .withLabel("app.kubernetes.io/managed-by", ClusterObjects.FIELD_MANAGER)
                        .list()
                        .getItems()
                        .stream())
                .toList();
    }

    /** Its own among them, by kind, namespace and name. */
    SortedMap<String, GenericKubernetesResource> among(List<GenericKubernetesResource> kept) {
        SortedMap<String, GenericKubernetesResource> found = new TreeMap<>();
        kept.stream()
                .filter(object -> object.getMetadata().getName().contains(name))
                .forEach(object -> found.put(
                        object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                                + object.getMetadata().getName(),
                        object));
        return found;
    }

    /**
     * The same without what differs from trial to trial and from run to run: names, ids and digests, versions and times. Of a Secret it is
     * said which revision's certificate, key and CA it holds.
     */
    String state(List<GenericKubernetesResource> kept) {
        SortedMap<String, JsonNode> states = new TreeMap<>();
        among(kept).forEach((key, object) -> states.put(key, canonical(object)));
        try {
            return JSON.writeValueAsString(JSON.treeToValue(JSON.valueToTree(states), Object.class))
                    .replace(name, "trial");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode canonical(GenericKubernetesResource object) {
        ObjectNode tree = JSON.valueToTree(object);
        ObjectNode metadata = (ObjectNode) tree.path("metadata");
        metadata.remove(List.of("uid", "resourceVersion", "creationTimestamp"));
        metadata.path("managedFields").forEach(entry -> ((ObjectNode) entry).remove("time"));
        if (metadata.path("annotations") instanceof ObjectNode annotations) {
            annotations.remove(List.of("waypass.io/identity", "waypass.io/digest"));
        }
        if (object.getKind().equals("Secret")) {
            tree.set("data", JSON.valueToTree(content(JSON.convertValue(object, Secret.class))));
        }
        return tree;
    }

    /** What a Secret's entries are: of which revision, if of any. */
    SortedMap<String, String> content(Secret secret) {
        SortedMap<String, String> content = new TreeMap<>();
        secret.getData().forEach((entry, value) -> {
            String text = new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
            content.put(
                    entry,
                    switch (entry) {
                        case "tls.crt" -> revision(text, Issued::chainPem);
                        case "tls.key" -> revisionOfKey(text);
                        case "ca.crt" ->
                            text.equals(fixtures.partner.certificatePem()) ? "the partner's CA" : "somebody's CA";
                        default -> "unknown";
                    });
        });
        return content;
    }

    private String revision(String text, Function<Issued, String> part) {
        for (int i = 0; i < certificates.size(); i++) {
            if (certificates.get(i).map(part).filter(text::equals).isPresent()) {
                return "revision " + (i + 1);
            }
        }
        return "somebody's";
    }

    private String revisionOfKey(String pem) {
        return revision(
                scalar(pem), issued -> ((ECPrivateKey) issued.key()).getS().toString());
    }

    private static String scalar(String pem) {
        byte[] der = Base64.getMimeDecoder()
                .decode(pem.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", ""));
        try {
            return ((ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)))
                    .getS()
                    .toString();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
