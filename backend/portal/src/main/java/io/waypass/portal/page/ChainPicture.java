package io.waypass.portal.page;

import io.waypass.certificate.Chain;
import io.waypass.certificate.ChainLink;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A drawn chain: the key, the leaf, its issuers, and its end.
 *
 * @param subject of the leaf
 * @param nodes from the key upwards
 * @param legs between the nodes, one fewer
 */
public record ChainPicture(String subject, List<Node> nodes, List<Leg> legs) {

    /**
     * A node.
     *
     * @param kind {@code key}, {@code leaf}, {@code intermediate}, {@code root} or {@code missing}
     * @param state {@code ok}, {@code warn}, {@code bad} or {@code unknown}
     * @param word message key of the badge
     * @param until end of validity
     * @param algorithm of the key
     */
    public record Node(
            String kind,
            String title,
            String state,
            String word,
            @Nullable Moment until,
            String algorithm) {}

    /**
     * A link.
     *
     * @param state {@code plain}, {@code bad} or {@code unknown}
     * @param word message key of its label
     */
    public record Leg(String state, String word) {}

    /** {@return the picture of a chain as the judge has read it} */
    public static ChainPicture of(Chain chain, Instant now) {
        List<Node> nodes = new ArrayList<>();
        List<Leg> legs = new ArrayList<>();
        ChainLink leaf = chain.links().getFirst();
        boolean fits = chain.key() == Chain.Key.FITS;
        nodes.add(new Node(
                "key",
                "",
                switch (chain.key()) {
                    case FITS -> "ok";
                    case ABSENT, LOCKED -> "unknown";
                    case OTHERS, UNUSABLE -> "bad";
                },
                word(chain.key()),
                null,
                fits ? leaf.keyAlgorithm() : ""));
        legs.add(
                switch (chain.key()) {
                    case FITS -> new Leg("plain", "belongs");
                    case OTHERS -> new Leg("bad", "others");
                    case ABSENT, LOCKED, UNUSABLE -> new Leg("unknown", "unproven");
                });
        for (ChainLink link : chain.links()) {
            if (link != leaf) {
                legs.add(new Leg("plain", "signed"));
            }
            nodes.add(new Node(
                    word(link.role()),
                    link.subject(),
                    switch (link.standing()) {
                        case FINE -> "ok";
                        case WARNED -> "warn";
                        case REFUSED -> "bad";
                    },
                    word(link, now),
                    Moment.of(link.notAfter(), now),
                    link.keyAlgorithm()));
        }
        if (chain.end() != Chain.End.ROOT) {
            boolean broken = chain.end() == Chain.End.BROKEN;
            legs.add(broken ? new Leg("bad", "broken") : new Leg("unknown", "ends"));
            nodes.add(new Node(
                    "missing",
                    chain.links().getLast().issuer(),
                    broken ? "bad" : "unknown",
                    word(chain.end()),
                    null,
                    ""));
        }
        return new ChainPicture(leaf.subject(), List.copyOf(nodes), List.copyOf(legs));
    }

    /** The dates of a certificate come first, because they say more than that it is refused. */
    private static String word(ChainLink link, Instant now) {
        if (now.isAfter(link.notAfter())) {
            return "expired";
        }
        return now.isBefore(link.notBefore()) ? "early" : word(link.standing());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
