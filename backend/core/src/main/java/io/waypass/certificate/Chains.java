package io.waypass.certificate;

import io.waypass.certificate.ChainLink.Role;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Chains as they are drawn. */
final class Chains {

    private Chains() {}

    /** The links of certificates that stand in order, leaf first. */
    static List<ChainLink> links(List<X509> ordered) {
        return IntStream.range(0, ordered.size())
                .mapToObj(i -> ordered.get(i)
                        .link(
                                i == 0 ? Role.LEAF : ordered.get(i).isSelfIssued() ? Role.ROOT : Role.INTERMEDIATE,
                                mayIssue(ordered, i)))
                .toList();
    }

    /** Whether a certificate may issue what stands below it: RFC 5280, 6.1.4 (k) to (n). */
    static boolean mayIssue(List<X509> ordered, int at) {
        X509 issuer = ordered.get(at);
        return at == 0
                || issuer.isSelfIssued()
                || issuer.mayIssue() && authoritiesBelow(ordered, at) <= issuer.pathLength();
    }

    /** How many authorities stand between a certificate and the leaf, as a path length constraint counts them. */
    static long authoritiesBelow(List<X509> ordered, int at) {
        return ordered.subList(1, at).stream()
                .filter(each -> !each.isSelfIssued())
                .count();
    }

    /** The links of a stored chain, which was in order when it was stored. */
    static List<ChainLink> links(String chainPem) {
        List<X509> certificates = new ArrayList<>();
        try {
            byte[] text = chainPem.getBytes(StandardCharsets.US_ASCII);
            for (PemBlocks.Block block : PemBlocks.read(text, new Contents())) {
                certificates.add(X509.of(block.content()));
            }
        } catch (X509.NotACertificate e) {
            throw new IllegalStateException("a stored chain cannot be read", e);
        }
        return links(certificates);
    }
}
