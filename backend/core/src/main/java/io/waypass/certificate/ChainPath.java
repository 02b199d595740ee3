package io.waypass.certificate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The path from the leaf up, put together from certificates in any order. The same certificates give the same path
 * whatever their order.
 *
 * @param path leaf first, each followed by its issuer
 * @param alternatives certificates that issued one of the path too, such as a cross-signed twin of a root; left out
 * @param strays certificates that are no part of the path
 */
record ChainPath(List<X509> path, List<X509> alternatives, List<X509> strays) {

    static ChainPath of(List<X509> given, Optional<PrivateKeyMaterial> key, Signatures signatures) {
        List<X509> rest = new ArrayList<>(given.stream()
                .distinct()
                .sorted(Comparator.comparing(X509::fingerprint))
                .toList());
        X509 leaf = leaf(rest, key, signatures);
        List<X509> path = new ArrayList<>(List.of(leaf));
        rest.remove(leaf);
        Optional<X509> next = issuer(leaf, rest, signatures);
        while (next.isPresent()) {
            path.add(next.get());
            rest.remove(next.get());
            next = issuer(next.get(), rest, signatures);
        }
        List<X509> alternatives = rest.stream()
                .filter(other -> path.stream().anyMatch(child -> signatures.issued(other, child)))
                .toList();
        rest.removeAll(alternatives);
        return new ChainPath(List.copyOf(path), alternatives, List.copyOf(rest));
    }

    X509 leaf() {
        return path.getFirst();
    }

    X509 last() {
        return path.getLast();
    }

    /** The one that issued no other; of several the one that the key belongs to, then one that is no authority. */
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

    /** Of several issuers of the same name and key the one that leads further up, then the one that is valid longest. */
    private static Optional<X509> issuer(X509 child, List<X509> rest, Signatures signatures) {
        return rest.stream()
                .filter(candidate -> signatures.issued(candidate, child))
                .min(Comparator.comparing(X509::isSelfIssued)
                        .thenComparing(X509::notAfter, Comparator.reverseOrder())
                        .thenComparing(X509::fingerprint));
    }
}
