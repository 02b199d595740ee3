package io.waypass.mesh;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes istiod's configuration fit for a stock Envoy on the loopback interface, and changes nothing else:
 *
 * <ul>
 *   <li>the filter state factory {@code istio.hashable_string} becomes {@code envoy.hashable_string}, which is the same in
 *       Envoy's own build
 *   <li>filters that only Istio's build has are dropped: they exchange metadata for telemetry
 *   <li>filter chains {@code direct-…}, which forward to a Pod's original address, are dropped
 *   <li>listeners bind to a loopback port, and endpoints outside the mesh become the loopback addresses of the partner
 * </ul>
 */
final class ResourceRewriter {

    private static final String ISTIO_FACTORY = "istio.hashable_string";
    private static final String ENVOY_FACTORY = "envoy.hashable_string";

    /** The filters' names in Istio's build of Envoy. */
    private static final List<String> ISTIO_ONLY =
            List.of("peer_metadata", "metadata_exchange", "istio_authn", "istio.stats", "istio.alpn");

    private final Map<String, InetSocketAddress> endpoints;
    private final Function<Integer, Integer> listenerPort;

    /**
     * @param endpoints loopback addresses by {@code host:port} of what is outside the mesh; others are kept
     * @param listenerPort loopback port for a listener's port
     */
    ResourceRewriter(Map<String, InetSocketAddress> endpoints, Function<Integer, Integer> listenerPort) {
        this.endpoints = endpoints;
        this.listenerPort = listenerPort;
    }

    /** {@return the resource with what a stock Envoy on this machine needs} */
    Any rewrite(Any resource) {
        try {
            Any named = withEnvoysFactory(resource);
            return switch (type(named)) {
                case "envoy.config.listener.v3.Listener" -> pack(listener(named.unpack(Listener.class)));
                case "envoy.config.cluster.v3.Cluster" -> pack(cluster(named.unpack(Cluster.class)));
                case "envoy.config.endpoint.v3.ClusterLoadAssignment" ->
                    pack(endpoints(named.unpack(ClusterLoadAssignment.class)));
                default -> named;
            };
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("istiod sent a resource that cannot be read: " + resource.getTypeUrl(), e);
        }
    }

    private static String type(Any any) {
        return any.getTypeUrl().substring(any.getTypeUrl().lastIndexOf('/') + 1);
    }

    private static Any pack(Message message) {
        return Any.pack(message);
    }

    /** Both names have the same length, so that lengths within the message stay right. */
    private static Any withEnvoysFactory(Any resource) {
        String text = resource.getValue().toString(StandardCharsets.ISO_8859_1);
        return text.contains(ISTIO_FACTORY)
                ? resource.toBuilder()
                        .setValue(ByteString.copyFrom(
                                text.replace(ISTIO_FACTORY, ENVOY_FACTORY), StandardCharsets.ISO_8859_1))
                        .build()
                : resource;
    }

    private Listener listener(Listener listener) throws InvalidProtocolBufferException {
        Listener.Builder builder = listener.toBuilder();
        if (listener.getAddress().hasSocketAddress()) {
            builder.setAddress(loopback(
                    listener.getAddress(),
                    listenerPort.apply(listener.getAddress().getSocketAddress().getPortValue())));
            builder.clearAdditionalAddresses();
        }
        builder.clearFilterChains();
        for (FilterChain chain : listener.getFilterChainsList()) {
            if (!chain.getName().startsWith("direct-")) {
                builder.addFilterChains(chain(chain));
            }
        }
        if (listener.hasDefaultFilterChain()) {
            builder.setDefaultFilterChain(chain(listener.getDefaultFilterChain()));
        }
        return builder.build();
    }

    private static FilterChain chain(FilterChain chain) throws InvalidProtocolBufferException {
        FilterChain.Builder builder = chain.toBuilder().clearFilters();
        for (Filter filter : chain.getFiltersList()) {
            if (!istioOnly(filter.getName())) {
                builder.addFilters(
                        filter.getTypedConfig().is(HttpConnectionManager.class)
                                ? filter.toBuilder()
                                        .setTypedConfig(pack(
                                                manager(filter.getTypedConfig().unpack(HttpConnectionManager.class))))
                                        .build()
                                : filter);
            }
        }
        return builder.build();
    }

    private static HttpConnectionManager manager(HttpConnectionManager manager) {
        HttpConnectionManager.Builder builder = manager.toBuilder().clearHttpFilters();
        for (HttpFilter filter : manager.getHttpFiltersList()) {
            if (!istioOnly(filter.getName())) {
                builder.addHttpFilters(filter);
            }
        }
        return builder.build();
    }

    private static boolean istioOnly(String filter) {
        return ISTIO_ONLY.stream().anyMatch(filter::contains);
    }

    private Cluster cluster(Cluster cluster) {
        Cluster.Builder builder = cluster.toBuilder().clearFilters();
        cluster.getFiltersList().stream()
                .filter(filter -> !istioOnly(filter.getName()))
                .forEach(builder::addFilters);
        if (cluster.hasLoadAssignment()) {
            builder.setLoadAssignment(endpoints(cluster.getLoadAssignment()));
        }
        return builder.build();
    }

    private ClusterLoadAssignment endpoints(ClusterLoadAssignment assignment) {
        ClusterLoadAssignment.Builder builder = assignment.toBuilder();
        builder.getEndpointsBuilderList()
                .forEach(locality -> locality.getLbEndpointsBuilderList().forEach(each -> {
                    Address address = each.getEndpoint().getAddress();
                    outside(address)
                            .ifPresent(target -> each.getEndpointBuilder()
                                    .setAddress(address.toBuilder()
                                            .setSocketAddress(address.getSocketAddress().toBuilder()
                                                    .setAddress(target.getHostString())
                                                    .setPortValue(target.getPort()))));
                }));
        return builder.build();
    }

    private Optional<InetSocketAddress> outside(Address address) {
        SocketAddress socket = address.getSocketAddress();
        return Optional.ofNullable(endpoints.get(socket.getAddress() + ":" + socket.getPortValue()));
    }

    private static Address loopback(Address address, int port) {
        return address.toBuilder()
                .setSocketAddress(address.getSocketAddress().toBuilder()
                        .setAddress("127.0.0.1")
                        .setPortValue(port))
                .build();
    }
}
