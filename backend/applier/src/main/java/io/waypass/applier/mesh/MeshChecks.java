package io.waypass.applier.mesh;

import io.waypass.applier.inventory.Fact;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Flavour;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import io.waypass.gateway.Placement;
import io.waypass.identity.IdentitySpec;
import io.waypass.manifests.IdentityManifests;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Checks that facts alone answer, and that have to hold after an approval, too. What cannot be seen is said to be
 * unknown, never passed.
 */
public final class MeshChecks {

    private MeshChecks() {}

    /**
     * Whether the distribution that runs is the registered one. With the Solo guide's placement on an upstream istiod
     * every status is True, yet there is no route and no certificate: calls go to the host's port 80 in plaintext
     * (measured).
     */
    public static PlanCheck flavour(Cluster cluster, ReliedFacts facts) {
        String registered = name(cluster.flavour());
        SortedMap<String, String> running = facts.of(Fact.istiodFlavour());
        SortedMap<String, String> images = facts.mention(Fact.istiodImage());
        Optional<String> unwatched = facts.unwatched(Fact.istiodFlavour());
        String intro = "Cluster " + cluster.name() + " is registered as " + registered;
        if (unwatched.isPresent() || running.isEmpty()) {
            return CheckCode.ISTIOD_FLAVOUR.unknown(
                    intro + "; whether that is what runs cannot be seen. "
                            + unwatched.orElse("There is no Deployment of istiod where the applier looks."),
                    "Look at the image of istiod: Solo's distribution has “solo” in its tag.");
        }
        List<String> others = running.entrySet().stream()
                .filter(istiod -> Arrays.stream(Flavour.values())
                        .anyMatch(flavour -> flavour != cluster.flavour()
                                && istiod.getValue().equals(flavour.value())))
                .map(istiod -> istiod.getKey() + " runs " + images.getOrDefault(istiod.getKey(), istiod.getValue()))
                .toList();
        if (!others.isEmpty()) {
            Flavour other = cluster.flavour() == Flavour.SOLO ? Flavour.UPSTREAM : Flavour.SOLO;
            return CheckCode.ISTIOD_FLAVOUR.failed(
                    intro + ", but the " + String.join(", the ", others) + ", which is " + name(other) + " by its tag. "
                            + (cluster.flavour() == Flavour.SOLO
                                    ? "It does not use secrets and routes of other namespaces: every status would be True, and calls would go"
                                            + " to the host's port 80 in plaintext, without a certificate."
                                    : "What Waypass writes for upstream Istio was not tried there, and Solo's guide attaches the EnvoyFilter in"
                                            + " another context: calls could be refused with 403 although every status is True."),
                    "Register the cluster and its gateways as " + name(other) + ", or install " + registered + ".");
        }
        if (!running.values().stream().allMatch(cluster.flavour().value()::equals)) {
            return CheckCode.ISTIOD_FLAVOUR.unknown(
                    intro + "; the image does not tell whether that is what runs: "
                            + images.entrySet().stream()
                                    .map(istiod -> istiod.getKey() + " runs “" + istiod.getValue() + "”")
                                    .collect(Collectors.joining(", "))
                            + ".",
                    "Look at the version that istiod reports. An image tag that begins with the version, as its vendor names it, would tell.");
        }
        return CheckCode.ISTIOD_FLAVOUR.passed(
                intro + ", and istiod runs " + String.join(", ", new TreeSet<>(images.values())) + ".");
    }

    /** Whether the gateway knows who calls: see {@link PrincipalHeaderCheck}. */
    public static PlanCheck principalHeader(Cluster cluster, Gateway gateway, ReliedFacts facts) {
        return PrincipalHeaderCheck.of(cluster, gateway, facts);
    }

    private static String name(Flavour flavour) {
        return flavour == Flavour.SOLO ? "Solo's distribution of Istio" : "upstream Istio";
    }

    public static PlanCheck crossNamespace(Gateway gateway, ReliedFacts facts) {
        if (gateway.placement() == Placement.GATEWAY_NAMESPACE) {
            return CheckCode.GATEWAY_CROSS_NAMESPACE.passed(
                    "All objects live in the gateway's namespace; no permission of istiod is needed.");
        }
        String wanted = gateway.namespace() + "/" + gateway.serviceAccount();
        SortedMap<String, String> seen = facts.of(Fact.istiod());
        Optional<String> unwatched = facts.unwatched(Fact.istiod());
        if (unwatched.isPresent() || seen.isEmpty() || seen.containsValue("unseen")) {
            return CheckCode.GATEWAY_CROSS_NAMESPACE.unknown(
                    "Whether istiod lets " + wanted + " use secrets and routes of app namespaces cannot be seen. "
                            + unwatched.orElse(
                                    seen.isEmpty()
                                            ? "There is no Deployment of istiod where the applier looks."
                                            : "istiod takes the value from somewhere else than its Deployment."),
                    "Look at PERMIT_CROSS_NAMESPACE_RESOURCE_ACCESS of istiod: it has to name " + wanted + ".");
        }
        List<String> without = seen.entrySet().stream()
                .filter(istiod -> Arrays.stream(istiod.getValue()
                                .substring(istiod.getValue().indexOf(' ') + 1)
                                .split(","))
                        // not trimmed, because istiod does not trim
                        .noneMatch(wanted::equals))
                .map(Map.Entry::getKey)
                .toList();
        return without.isEmpty()
                ? CheckCode.GATEWAY_CROSS_NAMESPACE.passed(
                        "istiod permits " + wanted + " to use secrets and routes of app namespaces.")
                : CheckCode.GATEWAY_CROSS_NAMESPACE.failed(
                        String.join(", ", without) + " does not permit " + wanted
                                + " to use secrets and routes of app namespaces. Every status would be True, yet no certificate would be"
                                + " presented.",
                        "Add " + wanted
                                + " to PERMIT_CROSS_NAMESPACE_RESOURCE_ACCESS of istiod, without blanks around commas. The plan is made"
                                + " anew then.");
    }

    /** A second ServiceEntry of the same host is a second service without the waypoint, and no status says so (measured). */
    public static PlanCheck host(Gateway gateway, Destination destination, ReliedFacts facts) {
        String host = destination.host();
        SortedMap<String, String> claims = facts.of(Fact.host(host));
        claims.remove("ServiceEntry " + gateway.namespace() + "/" + destination.sharedServiceEntry());
        return FactChecks.noOthers(
                CheckCode.HOST_UNIQUE,
                facts.unwatched(Fact.host(host)),
                "all ServiceEntries and XBackends",
                claims,
                "No other ServiceEntry or XBackend of the mesh claims " + host + ".",
                " also claims " + host + ". Calls could take it instead of the gateway.",
                "It has to go first.");
    }

    public static PlanCheck syntheticHost(IdentitySpec spec, ReliedFacts facts) {
        String host = IdentityManifests.syntheticHost(
                spec.app().name(), spec.app().namespace(), spec.destination().host());
        return FactChecks.noOthers(
                CheckCode.SYNTHETIC_HOST_UNIQUE,
                facts.unwatched(Fact.host(host)),
                "all ServiceEntries and XBackends",
                facts.of(Fact.host(host)),
                "No other ServiceEntry or XBackend of the mesh claims " + host + ".",
                " claims " + host + ", which stands for this app. Its calls could be led astray.",
                "It has to go first.");
    }

    public static PlanCheck routes(IdentitySpec spec, ReliedFacts facts) {
        String entry = spec.gateway().namespace() + "/" + spec.destination().sharedServiceEntry();
        String own = Fact.routes(entry, spec.app().principal().spiffeId());
        SortedMap<String, String> takers = facts.of(own);
        takers.putAll(facts.of(Fact.routesForAnybody(entry)));
        return FactChecks.noOthers(
                CheckCode.ROUTE_UNSHADOWED,
                facts.unwatched(own),
                "all HTTPRoutes",
                takers,
                "No other HTTPRoute on the ServiceEntry " + entry + " takes this app's calls.",
                " is on the ServiceEntry " + entry
                        + " and takes this app's calls too, or everybody's. They could leave with another certificate, or none.",
                "Have it removed, or narrowed to its own principal. The plan is made anew then.");
    }

    /** Whoever may write DestinationRules in an own namespace can name another's Secret; only admission control stops that. */
    public static PlanCheck credential(IdentitySpec spec, ReliedFacts facts) {
        String secret = IdentityManifests.credentialName(spec);
        String synthetic = IdentityManifests.syntheticHost(
                spec.app().name(), spec.app().namespace(), spec.destination().host());
        SortedMap<String, String> users = facts.of(Fact.credential(secret));
        users.putAll(facts.of(Fact.rules(synthetic)));
        if (!secret.contains("/")) {
            // the waypoint finds it under its full name too
            users.putAll(facts.of(Fact.credential(spec.gateway().namespace() + "/" + secret)));
        } else {
            // istiod takes rules of the proxy's namespace before those of the service's, the less specific ones too
            facts.of(Fact.wildcardRules(spec.gateway().namespace())).forEach((rule, host) -> {
                if (synthetic.endsWith(host.substring(1))) {
                    users.put(rule, host);
                }
            });
        }
        return FactChecks.noOthers(
                CheckCode.CREDENTIAL_UNSHARED,
                facts.unwatched(Fact.credential(secret)),
                "all DestinationRules",
                users,
                "No other DestinationRule names the Secret " + secret + " or the host " + synthetic + ".",
                " names the Secret " + secret + " or the host " + synthetic
                        + ", or covers that host in the gateway's namespace. Somebody else could present this identity's certificate, or keep it from being presented.",
                "Have it removed, and find out who made it. The plan is made anew then.");
    }
}
