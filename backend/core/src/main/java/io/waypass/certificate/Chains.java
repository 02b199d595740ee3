package io.waypass.certificate;

import io.waypass.certificate.ChainLink.Role;
import java.util.List;
import java.util.stream.IntStream;

/** Chains as they are drawn. */
final class Chains {

    private Chains() {}

    /** The links of certificates that stand in order, leaf first. */
    static List<ChainLink> links(List<X509> ordered) {
        return IntStream.range(0, ordered.size())
                .mapToObj(i -> ordered.get(i)
                        .link(i == 0 ? Role.LEAF : ordered.get(i).isSelfIssued() ? Role.ROOT : Role.INTERMEDIATE))
                .toList();
    }

    /** The links of a stored chain. */
    static List<ChainLink> links(String chainPem) {
        try {
            return links(Pem.certificates(chainPem).stream()
                    .map(certificate -> {
                        try {
                            return X509.of(certificate.getEncoded());
                        } catch (X509.NotACertificate | java.security.cert.CertificateEncodingException e) {
                            throw new IllegalStateException("a stored certificate cannot be read", e);
                        }
                    })
                    .toList());
        } catch (Pem.Unreadable e) {
            throw new IllegalStateException("a stored chain cannot be read", e);
        }
    }
}
