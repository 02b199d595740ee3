package io.waypass.certificate;

import io.waypass.certificate.ChainLink.Role;
import io.waypass.certificate.ChainLink.Standing;
import io.waypass.certificate.Finding.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The path from the leaf upwards, built from certificates in any order. The result does not depend on that order.
 *
 * @param path leaf first, each followed by its issuer
 * @param rooted whether the last certificate is self-signed
 * @param alternatives certificates that also issued one of the path, such as a cross-signed twin of a root; left out
 * @param strays certificates that are not part of the path
 */
record ChainPath(List<X509> path, boolean rooted, List<X509> alternatives, List<X509> strays) {

    static ChainPath of(List<X509> given, Optional<PrivateKeyMaterial> key, Signatures signatures) {
        List<X509> rest = new ArrayList<>(given.stream()
                .distinct()
                .sorted(Comparator.comparing(X509::fingerprint))
                .toList());
        X509 leaf = leaf(rest, key, signatures);
        List<X509> path = new ArrayList<>(List.of(leaf));
        rest.remove(leaf);
        while (!signatures.selfSigned(path.getLast())) {
            Optional<X509> next = issuer(path.getLast(), rest, signatures);
            if (next.isEmpty()) {
                break;
            }
            path.add(next.get());
            rest.remove(next.get());
        }
        boolean rooted = signatures.selfSigned(path.getLast());
        List<X509> alternatives = rest.stream()
                .filter(other -> path.stream().anyMatch(child -> signatures.issued(other, child)))
                .toList();
        rest.removeAll(alternatives);
        return new ChainPath(List.copyOf(path), rooted, alternatives, List.copyOf(rest));
    }

    X509 leaf() {
        return path.getFirst();
    }

    X509 last() {
        return path.getLast();
    }

    /**
     * Whether a certificate may issue those below it: it is an authority, and has no more authorities below it than it
     * allows (RFC 5280, 6.1.4 (k) to (n)). Neither the leaf nor a root is checked; servers have their own roots.
     */
    boolean mayIssueBelow(int at) {
        X509 issuer = path.get(at);
        return at == 0
                || rooted && at == path.size() - 1
                || issuer.isAuthority() && authoritiesBelow(at) <= issuer.pathLength();
    }

    /** Counts the authorities between a certificate and the leaf in the way of a path length (RFC 5280, 6.1.4 (l)). */
    long authoritiesBelow(int at) {
        return path.subList(1, at).stream().filter(each -> !each.isSelfIssued()).count();
    }

    /** Returns the links, each with the most severe finding about it. */
    List<ChainLink> links(List<Finding> findings) {
        return IntStream.range(0, path.size())
                .mapToObj(at -> path.get(at).link(role(at), standing(path.get(at), findings)))
                .toList();
    }

    private Role role(int at) {
        return at == 0 ? Role.LEAF : rooted && at == path.size() - 1 ? Role.ROOT : Role.INTERMEDIATE;
    }

    private static Standing standing(X509 certificate, List<Finding> findings) {
        Set<Level> levels = findings.stream()
                .filter(finding -> finding.certificate().equals(Optional.of(certificate.fingerprint())))
                .map(Finding::level)
                .collect(Collectors.toSet());
        return levels.contains(Level.ERROR)
                ? Standing.REFUSED
                : levels.contains(Level.WARNING) ? Standing.WARNED : Standing.FINE;
    }

    /**
     * Selects the certificate that issued no other; among several, the one that the key belongs to, then one that is no
     * authority.
     */
    private static X509 leaf(List<X509> given, Optional<PrivateKeyMaterial> key, Signatures signatures) {
        List<X509> childless = given.stream()
                .filter(candidate -> given.stream()
                        .noneMatch(other -> !other.equals(candidate) && signatures.issued(candidate, other)))
                .toList();
        Stream<X509> candidates = childless.isEmpty() ? given.stream() : childless.stream();
        return candidates
                .min(Comparator.<X509, Boolean>comparing(candidate -> !belongs(key, candidate))
                        .thenComparing(X509::isCa)
                        .thenComparing(X509::notAfter, Comparator.reverseOrder())
                        .thenComparing(X509::fingerprint))
                .orElseThrow();
    }

    private static boolean belongs(Optional<PrivateKeyMaterial> key, X509 certificate) {
        return key.isPresent() && PrivateKeys.belongs(key.get(), certificate);
    }

    /**
     * Selects the issuer; among several with the same name and key, the one with the longer path upwards, then the one
     * with the longest validity.
     */
    private static Optional<X509> issuer(X509 child, List<X509> rest, Signatures signatures) {
        return rest.stream()
                .filter(candidate -> signatures.issued(candidate, child))
                .min(Comparator.comparing(signatures::selfSigned)
                        .thenComparing(X509::notAfter, Comparator.reverseOrder())
                        .thenComparing(X509::fingerprint));
    }
}
