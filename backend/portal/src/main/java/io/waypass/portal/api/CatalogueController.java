package io.waypass.portal.api;

import io.waypass.access.Person;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Clusters;
import io.waypass.decision.ApprovalQuorums;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateway;
import io.waypass.gateway.Gateways;
import io.waypass.gateway.Placement;
import io.waypass.refusal.NotFound;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Gateways and destinations. */
@RestController
class CatalogueController {

    record GatewayView(
            String cluster,
            String namespace,
            String name,
            String serviceAccount,
            String placement,
            boolean denyByDefault) {
        static GatewayView of(Gateway gateway, String cluster) {
            return new GatewayView(
                    cluster,
                    gateway.namespace(),
                    gateway.name(),
                    gateway.serviceAccount(),
                    gateway.placement().value(),
                    gateway.denyByDefault());
        }
    }

    record NewGateway(
            @Nullable String cluster,
            @Nullable String namespace,
            @Nullable String name,
            @Nullable String serviceAccount,
            @Nullable String placement,
            @Nullable Boolean denyByDefault) {}

    record DestinationView(
            String slug,
            String displayName,
            String cluster,
            String gateway,
            String host,
            int port,
            int listenPort,
            String sharedServiceEntry,
            Optional<String> caBundle,
            int approvals) {
        static DestinationView of(Destinations.Entry entry) {
            return new DestinationView(
                    entry.destination().slug(),
                    entry.destination().displayName(),
                    entry.cluster(),
                    entry.gateway().namespace() + "/" + entry.gateway().name(),
                    entry.destination().host(),
                    entry.destination().port(),
                    entry.destination().listenPort(),
                    entry.destination().sharedServiceEntry(),
                    entry.destination().caBundlePem(),
                    entry.destination().approvals());
        }
    }

    record NewDestination(
            @Nullable String slug,
            @Nullable String displayName,
            @Nullable String cluster,
            @Nullable String gateway,
            @Nullable String host,
            @Nullable Integer port,
            @Nullable Integer listenPort,
            @Nullable String sharedServiceEntry,
            @Nullable String caBundle,
            @Nullable Integer approvals) {}

    record DestinationChange(@Nullable Integer approvals) {}

    private final Clusters clusters;
    private final Gateways gateways;
    private final Destinations destinations;
    private final ApprovalQuorums approvalQuorums;

    CatalogueController(
            Clusters clusters, Gateways gateways, Destinations destinations, ApprovalQuorums approvalQuorums) {
        this.clusters = clusters;
        this.gateways = gateways;
        this.destinations = destinations;
        this.approvalQuorums = approvalQuorums;
    }

    @GetMapping("/api/v1/gateways")
    Page<GatewayView> gateways() {
        Map<Long, String> names = clusters.list().stream().collect(Collectors.toMap(Cluster::id, Cluster::name));
        return Page.whole(gateways.list(), gateway -> GatewayView.of(gateway, names.get(gateway.clusterId())));
    }

    @PostMapping("/api/v1/gateways")
    ResponseEntity<GatewayView> register(Person person, @RequestBody NewGateway gateway) {
        String cluster = Input.text(gateway.cluster());
        String name = Input.text(gateway.name());
        Gateway registered = gateways.register(
                person,
                new Gateways.NewGateway(
                        cluster,
                        name,
                        Input.text(gateway.namespace()),
                        gateway.serviceAccount() == null ? name : gateway.serviceAccount(),
                        Input.oneOf(
                                "/placement", gateway.placement(), Placement::of, "team-namespace, gateway-namespace"),
                        gateway.denyByDefault() == null || gateway.denyByDefault()));
        return ResponseEntity.created(URI.create("/api/v1/gateways")).body(GatewayView.of(registered, cluster));
    }

    @GetMapping("/api/v1/destinations")
    Page<DestinationView> destinations() {
        return Page.whole(destinations.entries(), DestinationView::of);
    }

    @GetMapping("/api/v1/destinations/{slug}")
    DestinationView destination(@PathVariable String slug) {
        return destinations.entry(slug).map(DestinationView::of).orElseThrow(() -> new NotFound("destination", slug));
    }

    @PatchMapping("/api/v1/destinations/{slug}")
    DestinationView change(Person person, @PathVariable String slug, @RequestBody DestinationChange change) {
        // a missing number is reported like any other invalid one
        return DestinationView.of(
                approvalQuorums.require(person, slug, change.approvals() == null ? 0 : change.approvals()));
    }

    @DeleteMapping("/api/v1/destinations/{slug}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(Person person, @PathVariable String slug) {
        destinations.remove(person, slug);
    }

    @PostMapping("/api/v1/destinations")
    ResponseEntity<DestinationView> register(Person person, @RequestBody NewDestination destination) {
        Destinations.Entry registered = destinations.register(
                person,
                new Destinations.NewDestination(
                        Input.text(destination.slug()),
                        Input.text(destination.displayName()),
                        Input.text(destination.cluster()),
                        Input.text(destination.gateway()),
                        Input.text(destination.host()),
                        destination.port() == null ? 443 : destination.port(),
                        destination.listenPort() == null ? 80 : destination.listenPort(),
                        Input.text(destination.sharedServiceEntry()),
                        Optional.ofNullable(destination.caBundle()).filter(pem -> !pem.isBlank()),
                        destination.approvals() == null ? 1 : destination.approvals()));
        return ResponseEntity.created(URI.create(
                        "/api/v1/destinations/" + registered.destination().slug()))
                .body(DestinationView.of(registered));
    }
}
