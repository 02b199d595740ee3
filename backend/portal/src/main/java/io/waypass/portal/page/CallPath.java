package io.waypass.portal.page;

import io.waypass.app.Principal;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import io.waypass.identity.IdentitySummary;
import io.waypass.manifests.IdentityManifests;
import io.waypass.resource.Condition;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The path of a call, hop by hop: app, waypoint, synthetic host, partner.
 *
 * @param detail short form of the principal
 * @param port the destination's TLS port
 * @param listenPort port inside the mesh
 * @param subject of the certificate
 * @param ticket the subject, cut to fit the picture
 * @param hops four
 * @param legs three, between the hops
 */
public record CallPath(
        String app,
        String detail,
        String gateway,
        String gatewayNamespace,
        String synthetic,
        String host,
        int port,
        int listenPort,
        String subject,
        String ticket,
        List<Hop> hops,
        List<Leg> legs) {

    private static final int TICKET = 24;

    /** A sentence of the message files, with its arguments. */
    public record Text(String key, List<String> args) {}

    /**
     * A hop.
     *
     * @param state {@code ok}, {@code bad}, {@code unknown}, or {@code none} if nothing is observed
     * @param type of the condition that the state is taken from
     * @param text what the hop does
     */
    public record Hop(String state, @Nullable String type, Text text) {}

    /**
     * The path between two hops.
     *
     * @param state {@code plain}, {@code mtls}, {@code bad} or {@code unknown}
     */
    public record Leg(String state) {}

    /** {@return the path that a request proposes, without states} @param subject of the certificate */
    public static CallPath planned(
            String app, Principal principal, Gateway gateway, Destination destination, String subject) {
        return path(
                app,
                principal,
                gateway,
                destination,
                subject,
                List.of(Condition.Type.WAYPOINT_BOUND, Condition.Type.ROUTE_ACCEPTED, Condition.Type.CERTIFICATE_VALID),
                List.of("none", "none", "none", "none"),
                List.of(new Leg("plain"), new Leg("plain"), new Leg("mtls")));
    }

    /** {@return the observed path, each hop with the condition that decides there} */
    public static CallPath observed(IdentitySummary identity, Gateway gateway, Destination destination) {
        Condition.Type reached = deciding(identity, Condition.Type.WAYPOINT_BOUND, Condition.Type.GATEWAY_READY);
        Condition.Type waypoint = deciding(identity, reached, Condition.Type.PRINCIPAL_HEADER);
        Condition.Type route = deciding(
                identity,
                Condition.Type.ROUTE_ACCEPTED,
                Condition.Type.ROUTE_RESOLVED,
                Condition.Type.ROUTE_UNSHADOWED);
        // the waypoint refuses a call whose principal it does not know: the call reaches it, and stops there
        Condition.Type routed = deciding(identity, route, Condition.Type.PRINCIPAL_HEADER);
        String certificate = state(identity, Condition.Type.CERTIFICATE_VALID);
        // mutual TLS is drawn only if everything that is watched says that a call gets through with the certificate
        boolean well = state(identity, Condition.Type.READY).equals("ok");
        List<Leg> legs = List.of(
                inside(state(identity, reached)),
                inside(state(identity, routed)),
                new Leg(well ? "mtls" : certificate.equals("bad") ? "bad" : "unknown"));
        return path(
                identity.app(),
                identity.principal(),
                gateway,
                destination,
                identity.subject().orElse(""),
                List.of(waypoint, route, Condition.Type.CERTIFICATE_VALID),
                List.of("none", state(identity, waypoint), state(identity, route), certificate),
                legs);
    }

    private static Leg inside(String state) {
        return new Leg(state.equals("ok") ? "plain" : state);
    }

    /** {@return the first that is False, else the first that is Unknown, else the first} */
    private static Condition.Type deciding(IdentitySummary identity, Condition.Type... types) {
        return Stream.of("bad", "unknown", "ok")
                .flatMap(state ->
                        Stream.of(types).filter(type -> state(identity, type).equals(state)))
                .findFirst()
                .orElseThrow();
    }

    private static String state(IdentitySummary identity, Condition.Type type) {
        return identity.condition(type)
                .map(found -> switch (found.status()) {
                    case TRUE -> "ok";
                    case FALSE -> "bad";
                    case UNKNOWN -> "unknown";
                })
                .orElse("unknown");
    }

    private static CallPath path(
            String app,
            Principal principal,
            Gateway gateway,
            Destination destination,
            String subject,
            List<Condition.Type> types,
            List<String> states,
            List<Leg> legs) {
        List<Hop> hops = List.of(
                new Hop(states.get(0), null, new Text("path.text.app", List.of())),
                hop(
                        states.get(1),
                        types.get(0),
                        new Text(
                                "path.text.gateway",
                                List.of(destination.host(), Integer.toString(destination.listenPort())))),
                hop(states.get(2), types.get(1), new Text("path.text.synthetic", List.of())),
                hop(
                        states.get(3),
                        types.get(2),
                        subject.isEmpty()
                                ? new Text("path.text.partner.nothing", List.of())
                                : new Text("path.text.partner", List.of(subject))));
        return new CallPath(
                app,
                "ns/" + principal.namespace() + "/sa/" + principal.serviceAccount(),
                gateway.name(),
                gateway.namespace(),
                IdentityManifests.syntheticHost(app, principal.namespace(), destination.host()),
                destination.host(),
                destination.port(),
                destination.listenPort(),
                subject,
                subject.length() > TICKET ? subject.substring(0, TICKET - 1) + "…" : subject,
                hops,
                legs);
    }

    private static Hop hop(String state, Condition.Type type, Text text) {
        return new Hop(state, state.equals("none") ? null : type.value(), text);
    }
}
