package io.waypass.portal.page;

import io.waypass.certificate.ChainLink;
import io.waypass.certificate.ChainLink.Role;
import io.waypass.certificate.Finding;
import io.waypass.certificate.Finding.Level;
import io.waypass.certificate.Judgement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A chain as it is drawn: the key, the leaf, its issuers, and where it ends.
 *
 * @param subject of the leaf
 * @param nodes from the key up
 * @param legs between the nodes, one fewer
 */
public record ChainPicture(String subject, List<Node> nodes, List<Leg> legs) {

    /**
     * A station.
     *
     * @param kind {@code key}, {@code leaf}, {@code intermediate}, {@code root} or {@code missing}
     * @param title what it is called
     * @param state {@code ok}, {@code warn}, {@code bad} or {@code unknown}
     * @param word key of the badge's word
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
     * @param word key of what it says
     */
    public record Leg(String state, String word) {}

    /**
     * Draws what the judge saw.
     *
     * @param judgement of a submission
     * @param now the present
     * @return the picture; none if no certificate could be read
     */
    public static Optional<ChainPicture> of(Judgement judgement, Instant now) {
        return judgement.chain().isEmpty()
                ? Optional.empty()
                : Optional.of(of(judgement.chain(), judgement.findings(), now));
    }

    /**
     * Draws a chain.
     *
     * @param chain leaf first, not empty
     * @param findings what was found
     * @param now the present
     * @return the picture
     */
    public static ChainPicture of(List<ChainLink> chain, List<Finding> findings, Instant now) {
        List<Node> nodes = new ArrayList<>();
        List<Leg> legs = new ArrayList<>();
        String key = keyWord(findings);
        boolean fits = key.equals("fits");
        nodes.add(new Node(
                "key",
                "",
                fits ? "ok" : key.equals("absent") || key.equals("locked") ? "unknown" : "bad",
                key,
                null,
                fits ? chain.getFirst().keyAlgorithm() : ""));
        legs.add(
                fits
                        ? new Leg("plain", "belongs")
                        : key.equals("mismatch") ? new Leg("bad", "mismatch") : new Leg("unknown", "unproven"));
        for (ChainLink link : chain) {
            String word = word(link, findings, now);
            nodes.add(new Node(
                    link.role().name().toLowerCase(Locale.ROOT),
                    link.subject(),
                    switch (word) {
                        case "valid", "verified" -> "ok";
                        case "warned" -> "warn";
                        default -> "bad";
                    },
                    word,
                    Moment.of(link.notAfter(), now),
                    link.keyAlgorithm()));
            legs.add(new Leg("plain", "signed"));
        }
        ChainLink last = chain.getLast();
        legs.removeLast();
        if (last.role() != Role.ROOT && !last.subject().equals(last.issuer())) {
            boolean broken = has(findings, "chain.broken");
            legs.add(broken ? new Leg("bad", "broken") : new Leg("unknown", "ends"));
            nodes.add(new Node(
                    "missing",
                    last.issuer(),
                    broken ? "bad" : "unknown",
                    broken ? "broken" : has(findings, "chain.incomplete") ? "absent" : "left-out",
                    null,
                    ""));
        }
        return new ChainPicture(chain.getFirst().subject(), List.copyOf(nodes), List.copyOf(legs));
    }

    private static String keyWord(List<Finding> findings) {
        if (has(findings, "key.mismatch")) {
            return "mismatch";
        }
        if (has(findings, "key.missing")) {
            return "absent";
        }
        if (has(findings, "key.passphrase-required") || has(findings, "key.passphrase-wrong")) {
            return "locked";
        }
        boolean wrong = findings.stream()
                .anyMatch(finding -> finding.level() == Level.ERROR
                        && (finding.code().startsWith("key.") || finding.part().equals("privateKey")));
        return wrong ? "wrong" : "fits";
    }

    private static String word(ChainLink link, List<Finding> findings, Instant now) {
        if (now.isAfter(link.notAfter())) {
            return "expired";
        }
        if (now.isBefore(link.notBefore())) {
            return "early";
        }
        if (link.role() != Role.LEAF) {
            return link.mayIssue() ? "verified" : "refused";
        }
        if (leaf(findings, Level.ERROR).findAny().isPresent()) {
            return "refused";
        }
        return leaf(findings, Level.WARNING).findAny().isPresent() ? "warned" : "valid";
    }

    private static Stream<Finding> leaf(List<Finding> findings, Level level) {
        return findings.stream()
                .filter(finding -> finding.level() == level)
                .filter(finding -> finding.code().startsWith("leaf.")
                        || finding.code().equals("duplicate")
                        || finding.code().equals("key.curve")
                        || finding.code().equals("key.large"));
    }

    private static boolean has(List<Finding> findings, String code) {
        return findings.stream().anyMatch(finding -> finding.code().equals(code));
    }
}
