package io.waypass.certificate;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rules for the CA bundle: it is present, holds authorities only, is valid now, and is the partner's. */
final class CaRules {

    private static final String PART = Part.Field.CA_BUNDLE.value();

    private CaRules() {}

    /** Returns the bundle in canonical order; empty if there is none, or one that is not accepted. */
    static List<X509> bundle(Material given, List<Finding> findings) {
        List<X509> bundle = given.certificates().stream().distinct().toList();
        if (!given.keys().isEmpty()) {
            return List.of();
        }
        if (bundle.size() > CertificateIntake.MAX_BUNDLE) {
            findings.add(Finding.of(
                    FindingCode.INPUT_UNREADABLE,
                    PART,
                    "There are too many certificates",
                    bundle.size() + " certificates.",
                    "at most " + CertificateIntake.MAX_BUNDLE + ".",
                    "Give the authority that signed this partner's server certificate, not all that a system trusts."));
            return List.of();
        }
        if (bundle.isEmpty() && !given.unknownChain() && !given.unknownKey()) {
            findings.add(
                    Finding.of(
                            FindingCode.CA_MISSING,
                            PART,
                            "The partner's CA is missing",
                            "nothing was given, and no destination was chosen for which the catalogue has it.",
                            "the certificates that signed the partner's server certificate.",
                            "Choose the destination first; if this stays, ask the partner for their CA certificate. Without it the gateway cannot tell the partner from an impostor."));
        }
        return bundle.stream()
                .sorted(Comparator.comparing(X509::subject).thenComparing(X509::fingerprint))
                .toList();
    }

    /** Reports a key in place of a CA bundle, whether or not it could be opened. */
    static Finding holdsKey() {
        return Finding.of(
                FindingCode.INPUT_UNREADABLE,
                PART,
                "The CA bundle holds a private key",
                "there is a private key in it, which does not belong here.",
                "the certificates that signed the partner's server certificate, and nothing else.",
                "Ask the partner for their CA certificate. Your own key belongs in the field for your certificate.");
    }

    static void judge(
            List<X509> bundle,
            Optional<ChainPath> path,
            Circumstances circumstances,
            Instant now,
            Signatures signatures,
            List<Finding> findings) {
        if (bundle.isEmpty()) {
            return;
        }
        bundle.stream().filter(each -> !each.isAuthority()).findFirst().ifPresent(other -> {
            long count = bundle.stream().filter(each -> !each.isAuthority()).count();
            findings.add(Finding.of(
                    FindingCode.CA_NOT_A_CA,
                    PART,
                    "The CA bundle holds a certificate that is no authority's",
                    other.name() + " may not issue certificates"
                            + (count > 1 ? ", and " + (count - 1) + " more may not." : "."),
                    "the certificates that signed the partner's server certificate (CA:TRUE), not that certificate itself.",
                    count < bundle.size()
                            ? "Leave it out; the authorities beside it are what is needed."
                            : "Ask the partner who signed their server certificate, and give that one's certificate."));
        });
        validity(bundle, now, findings);
        bundle.stream()
                .filter(each -> SignatureAlgorithm.isWeak(each) && !signatures.selfSigned(each))
                .forEach(each -> ChainRules.signature(each, PART, findings));
        path.ifPresent(found -> own(bundle, found, circumstances, signatures, findings));
    }

    private static void validity(List<X509> bundle, Instant now, List<Finding> findings) {
        List<X509> off = bundle.stream().filter(each -> !each.validAt(now)).toList();
        if (off.isEmpty()) {
            return;
        }
        String names = off.stream()
                .limit(5)
                .map(each -> each.name()
                        + (now.isAfter(each.notAfter())
                                ? " was valid until " + each.notAfter()
                                : " is valid from " + each.notBefore()))
                .collect(Collectors.joining("; "));
        if (off.size() == bundle.size()) {
            findings.add(Finding.of(
                    FindingCode.CA_EXPIRED,
                    PART,
                    bundle.size() == 1 ? "The CA is not valid today" : "No CA of the bundle is valid today",
                    names + ".",
                    "at least one authority that is valid today.",
                    "Ask the partner for their present CA certificate."));
        } else {
            findings.add(Finding.of(
                    FindingCode.CA_PARTLY_EXPIRED,
                    PART,
                    "A CA of the bundle is not valid today",
                    off.size() + " of " + bundle.size() + ": " + names + ".",
                    "authorities that are valid today.",
                    "You may go on if the partner's server certificate was signed by one of the others."));
        }
    }

    /**
     * Reports a bundle that is the client's own authority although the catalogue has another, or an authority that is
     * neither in the catalogue nor in the replaced certificate's bundle.
     */
    private static void own(
            List<X509> bundle,
            ChainPath path,
            Circumstances circumstances,
            Signatures signatures,
            List<Finding> findings) {
        List<X509> catalogue = authorities(circumstances.catalogueCaBundle());
        boolean all = bundle.stream()
                .allMatch(each -> path.path().contains(each)
                        || path.path().stream().anyMatch(child -> signatures.issued(each, child)));
        if (!catalogue.isEmpty() && all && bundle.stream().noneMatch(catalogue::contains)) {
            findings.add(Finding.of(
                    FindingCode.CA_IS_CLIENT_ISSUER_ONLY,
                    PART,
                    "This is your own CA, not the partner's",
                    bundle.getFirst().name() + " issued your client certificate; the catalogue has "
                            + catalogue.getFirst().name() + " for this destination.",
                    "who signed the partner's server certificate.",
                    "Leave the field empty to use the catalogue's, or ask the partner for their CA certificate."));
            return;
        }
        List<X509> known = Stream.concat(catalogue.stream(), authorities(circumstances.replacedCaBundle()).stream())
                .distinct()
                .toList();
        List<X509> strangers =
                bundle.stream().filter(each -> !known.contains(each)).toList();
        if (!known.isEmpty() && !strangers.isEmpty()) {
            findings.add(
                    Finding.of(
                            FindingCode.CA_NEW,
                            PART,
                            "The CA bundle trusts an authority that was not trusted before",
                            listed(strangers) + ".",
                            listed(known) + ", as in the catalogue or with the certificate that is in use.",
                            "You may go on if the partner says that it is theirs: whoever holds that authority's key can pose as the partner."));
        }
    }

    private static List<X509> authorities(Optional<String> bundle) {
        return bundle.stream()
                .flatMap(pem -> new PartReader(Passphrase.none(), BouncyCastle.LIBRARY)
                        .read(Part.text(Part.Field.CA_BUNDLE, pem)).certificates().stream())
                .toList();
    }

    private static String listed(List<X509> authorities) {
        return authorities.stream().map(X509::name).distinct().limit(5).collect(Collectors.joining("; "));
    }
}
