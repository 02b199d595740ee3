package io.waypass.certificate;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Rules for the client's chain: it is present, complete, valid now, and made for a client. */
final class ChainRules {

    /** Maximum validity that browsers and many authorities allow; longer validity is seldom intended. */
    static final int LONG_DAYS = 398;

    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final int DIGITAL_SIGNATURE = 0;

    private ChainRules() {}

    static Optional<ChainPath> path(
            Material client, Optional<PrivateKeyMaterial> key, Signatures signatures, List<Finding> findings) {
        List<X509> distinct = client.certificates().stream().distinct().toList();
        if (distinct.isEmpty()) {
            if (!client.unknownChain()) {
                findings.add(Finding.of(
                        FindingCode.CHAIN_MISSING,
                        client.chainPart(),
                        "The client certificate is missing",
                        client.keys().isEmpty() && !client.unknownKey()
                                ? "nothing was given."
                                : "no certificate is in what was given.",
                        "your app's certificate and those of its issuers.",
                        "Choose the file that your certificate authority sent you, or paste its text."));
            }
            return Optional.empty();
        }
        if (distinct.size() > CertificateIntake.MAX_CHAIN) {
            findings.add(Finding.of(
                    FindingCode.INPUT_UNREADABLE,
                    client.chainPart(),
                    "There are too many certificates",
                    distinct.size() + " certificates.",
                    "at most " + CertificateIntake.MAX_CHAIN + ": yours and those of its issuers.",
                    "Leave out those of other authorities. The partner's CA belongs in its own field."));
            return Optional.empty();
        }
        ChainPath path = ChainPath.of(distinct, key, signatures);
        if (client.unreadCertificate() && path.leaf().isCa()) {
            // the unreadable certificate is the leaf; its issuers must not be judged in its place
            return Optional.empty();
        }
        if (distinct.size() < client.certificates().size()) {
            findings.add(Finding.of(
                    FindingCode.CHAIN_REPEATED,
                    client.chainPart(),
                    "A certificate was given more than once",
                    client.certificates().size() + " certificates, " + distinct.size() + " of them different.",
                    "each certificate once.",
                    "Nothing; it is stored once."));
        }
        client.sequences().stream()
                .map(sequence -> sequence.stream()
                        .distinct()
                        .filter(path.path()::contains)
                        .toList())
                .filter(given -> !given.equals(
                        path.path().stream().filter(given::contains).toList()))
                .findFirst()
                .ifPresent(given -> findings.add(Finding.of(
                        FindingCode.CHAIN_REORDERED,
                        client.chainPart(),
                        "The chain was put in order",
                        names(given) + ".",
                        "your certificate first, each followed by its issuer: " + names(path.path()) + ".",
                        "Nothing; it is stored in that order.")));
        return Optional.of(path);
    }

    /** {@return where the chain ends} */
    static Chain.End judge(
            ChainPath path,
            List<X509> bundle,
            Material client,
            Instant now,
            Signatures signatures,
            List<Finding> findings) {
        String part = client.chainPart();
        boolean broken = strays(path, bundle, part, signatures, findings);
        path.alternatives()
                .forEach(other -> findings.add(Finding.of(
                        FindingCode.INPUT_IGNORED,
                        part,
                        "Something was left out",
                        other.name() + ", which issued a certificate of the chain as well as another one does.",
                        "one path from your certificate to its root.",
                        "Nothing; it is not stored.")));
        for (X509 certificate : path.path()) {
            validity(certificate, certificate.equals(path.leaf()), part, now, findings);
            if (!(path.rooted() && certificate.equals(path.last()))) {
                signature(certificate, part, findings);
            }
        }
        issuers(path, part, findings);
        usage(path.leaf(), part, findings);
        return ending(path, broken, bundle, part, signatures, findings);
    }

    /** Reports strays; {@return whether one of them is named as an issuer but did not sign} */
    private static boolean strays(
            ChainPath path, List<X509> bundle, String part, Signatures signatures, List<Finding> findings) {
        boolean breaks = false;
        for (X509 stray : path.strays()) {
            Optional<X509> child = broken(path, stray, signatures);
            if (child.isEmpty() && leadsToABreak(path, stray, signatures)) {
                continue;
            }
            if (child.isPresent()) {
                breaks = true;
                findings.add(Finding.of(
                        FindingCode.CHAIN_BROKEN,
                        part,
                        "The chain does not hold",
                        child.get().name() + " names " + stray.name()
                                + " as its issuer, but that certificate's key did not sign it.",
                        "each certificate signed by the next.",
                        "Ask your certificate authority for the chain that belongs to this certificate. It may have"
                                + " renewed its own certificate with a new key."));
            } else {
                findings.add(Finding.of(
                        FindingCode.CHAIN_UNRELATED,
                        part,
                        "A certificate is no part of the chain",
                        stray.name() + " issued none of the others; the chain from "
                                + path.leaf().name() + " ends at " + path.last().name()
                                + ", which names " + path.last().issuerName() + " as its issuer.",
                        "your certificate and the certificates of its issuers, nothing else.",
                        bundle.contains(stray)
                                ? "Remove it; it is the partner's CA and has its own field."
                                : "Remove it, or add the missing certificate between the two."));
            }
        }
        return breaks;
    }

    /** Finds the certificate of the path that names a stray as its issuer but is not signed by it. */
    private static Optional<X509> broken(ChainPath path, X509 stray, Signatures signatures) {
        return path.path().stream()
                .filter(each -> !each.isSelfIssued() && each.namesAsIssuer(stray))
                .filter(each -> path.path().stream().noneMatch(issuer -> signatures.issued(issuer, each)))
                .findFirst();
    }

    /** Whether a stray issued the certificate at a break. It gets no finding of its own: the break has one. */
    private static boolean leadsToABreak(ChainPath path, X509 stray, Signatures signatures) {
        List<X509> below = List.of(stray);
        for (int i = 0; i < path.strays().size() && !below.isEmpty(); i++) {
            if (below.stream().anyMatch(each -> broken(path, each, signatures).isPresent())) {
                return true;
            }
            List<X509> issuers = below;
            below = path.strays().stream()
                    .filter(each -> issuers.stream()
                            .anyMatch(issuer -> !issuer.equals(each) && signatures.issued(issuer, each)))
                    .toList();
        }
        return below.stream().anyMatch(each -> broken(path, each, signatures).isPresent());
    }

    private static void issuers(ChainPath path, String part, List<Finding> findings) {
        for (int at = 1; at < path.path().size(); at++) {
            if (path.mayIssueBelow(at)) {
                continue;
            }
            X509 issuer = path.path().get(at);
            String issued = path.path().get(at - 1).name();
            findings.add(Finding.of(
                            FindingCode.CHAIN_NOT_AN_ISSUER,
                            part,
                            "A certificate of the chain may not issue others",
                            issuer.isAuthority()
                                    ? issuer.name() + " allows " + issuer.pathLength()
                                            + " authorities between itself and "
                                            + path.leaf().name() + " (pathlen); the chain has "
                                            + path.authoritiesBelow(at) + "."
                                    : issuer.name() + " issued " + issued
                                            + ", and is no authority that may issue certificates.",
                            "issuers that may: with CA:TRUE, with keyCertSign if there is a key usage, and no more of them in a"
                                    + " row than each allows.",
                            "Ask your certificate authority which of its authorities should have issued " + issued
                                    + ", and for a certificate from it. Servers refuse this one.")
                    .about(issuer));
        }
    }

    private static void validity(X509 certificate, boolean leaf, String part, Instant now, List<Finding> findings) {
        String title = leaf ? "The certificate" : "A certificate of the chain";
        if (now.isAfter(certificate.notAfter())) {
            findings.add(Finding.of(
                            leaf ? FindingCode.LEAF_EXPIRED : FindingCode.CHAIN_EXPIRED,
                            part,
                            title + " has expired",
                            certificate.name() + " was valid until " + certificate.notAfter() + ".",
                            "a certificate that is valid today.",
                            leaf
                                    ? "Ask your certificate authority for a new one."
                                    : "Ask your certificate authority for its present chain.")
                    .about(certificate));
        } else if (now.isBefore(certificate.notBefore())) {
            findings.add(Finding.of(
                            leaf ? FindingCode.LEAF_NOT_YET_VALID : FindingCode.CHAIN_NOT_YET_VALID,
                            part,
                            title + " is not valid yet",
                            certificate.name() + " is valid from " + certificate.notBefore() + ".",
                            "a certificate that is valid today.",
                            "Submit it when its time has come, or have the clock of who issued it checked.")
                    .about(certificate));
        } else if (leaf && DaysLeft.of(certificate.notAfter(), now).isSoon()) {
            findings.add(Finding.of(
                            FindingCode.LEAF_EXPIRES_SOON,
                            part,
                            "The certificate expires within " + DaysLeft.SOON + " days",
                            certificate.name() + " is valid until " + certificate.notAfter() + ".",
                            "at least " + DaysLeft.SOON + " days of validity.",
                            "You may go on; plan its rotation now.")
                    .about(certificate));
        }
        long days = Duration.between(certificate.notBefore(), certificate.notAfter())
                .toDays();
        if (leaf && days > LONG_DAYS) {
            findings.add(Finding.of(
                            FindingCode.LEAF_LONG_VALIDITY,
                            part,
                            "The certificate is valid for very long",
                            "it is valid for " + days + " days.",
                            "at most " + LONG_DAYS + " days: a stolen key is of use for as long as its certificate.",
                            "You may go on; ask for shorter ones, rotating is a request like this one.")
                    .about(certificate));
        }
    }

    /** Skips self-signed roots: they are trusted as such, and their signature is never checked. */
    static void signature(X509 certificate, String part, List<Finding> findings) {
        if (SignatureAlgorithm.isWeak(certificate)) {
            findings.add(Finding.of(
                            FindingCode.SIGNATURE_WEAK,
                            part,
                            "A signature is too weak",
                            certificate.name() + " was signed with " + SignatureAlgorithm.of(certificate)
                                    + ", which can be forged.",
                            "SHA-256 or better.",
                            part.equals(Part.Field.CA_BUNDLE.value())
                                    ? "Ask the partner for the root certificate of their CA, or for a newer one."
                                    : "Ask your certificate authority for a certificate that is signed with SHA-256.")
                    .about(certificate));
        }
    }

    private static void usage(X509 leaf, String part, List<Finding> findings) {
        if (leaf.isCa()) {
            findings.add(Finding.of(
                            FindingCode.LEAF_IS_CA,
                            part,
                            "The certificate is one of an authority",
                            leaf.name() + " may issue certificates (CA:TRUE).",
                            "a certificate of an app, which may not.",
                            "Ask for a client certificate. “openssl req -x509” makes an authority unless it is told"
                                    + " “-addext basicConstraints=critical,CA:FALSE”.")
                    .about(leaf));
        }
        X509Certificate certificate = leaf.certificate();
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            if (purposes != null && !purposes.contains(CLIENT_AUTH)) {
                findings.add(Finding.of(
                                FindingCode.LEAF_NO_CLIENT_AUTH,
                                part,
                                "The certificate is not for clients",
                                leaf.name() + " is for " + purposes(purposes) + " alone.",
                                "the extended key usage clientAuth, or none at all.",
                                "Ask your certificate authority for a client certificate (clientAuth). Servers refuse this one.")
                        .about(leaf));
            }
        } catch (CertificateParsingException e) {
            findings.add(damagedExtension(leaf, part, "extended key usage"));
        }
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE]) {
            findings.add(Finding.of(
                            FindingCode.LEAF_KEY_USAGE,
                            part,
                            "The certificate's key may not sign",
                            leaf.name() + " has a key usage without digitalSignature.",
                            "the key usage digitalSignature: a TLS client proves with a signature that it has the key.",
                            "Ask your certificate authority for a certificate with that key usage.")
                    .about(leaf));
        }
    }

    private static Finding damagedExtension(X509 leaf, String part, String extension) {
        return Finding.of(
                        FindingCode.INPUT_UNREADABLE,
                        part,
                        "The client certificate cannot be read",
                        "the " + extension + " of " + leaf.name() + " is damaged.",
                        "a certificate that follows RFC 5280.",
                        "Ask your certificate authority for the certificate again.")
                .about(leaf);
    }

    private static String purposes(List<String> oids) {
        return oids.stream()
                .limit(5)
                .map(oid -> switch (oid) {
                    case "1.3.6.1.5.5.7.3.1" -> "servers (serverAuth)";
                    case "1.3.6.1.5.5.7.3.3" -> "signing code (codeSigning)";
                    case "1.3.6.1.5.5.7.3.4" -> "mail (emailProtection)";
                    case "1.3.6.1.5.5.7.3.8" -> "time stamps (timeStamping)";
                    case "1.3.6.1.5.5.7.3.9" -> "OCSP (OCSPSigning)";
                    case "2.5.29.37.0" -> "any use (anyExtendedKeyUsage, which OpenSSL does not take for clientAuth)";
                    default -> Names.shown(oid);
                })
                .collect(Collectors.joining(", "));
    }

    private static Chain.End ending(
            ChainPath path,
            boolean broken,
            List<X509> bundle,
            String part,
            Signatures signatures,
            List<Finding> findings) {
        X509 last = path.last();
        if (path.rooted() && path.path().size() > 1) {
            findings.add(Finding.of(
                            FindingCode.CHAIN_ROOT_INCLUDED,
                            part,
                            "The chain includes its root",
                            last.name() + " is signed by itself.",
                            "your certificate and its intermediates: the partner has the root already.",
                            "You may go on; it costs some bytes in each handshake.")
                    .about(last));
        }
        if (path.rooted()) {
            return Chain.End.ROOT;
        }
        if (broken) {
            return Chain.End.BROKEN;
        }
        if (path.path().size() > 1 || bundle.stream().anyMatch(issuer -> signatures.issued(issuer, last))) {
            return Chain.End.LEFT_OUT;
        }
        findings.add(Finding.of(
                FindingCode.CHAIN_INCOMPLETE,
                part,
                "The chain may be incomplete",
                "the certificate of " + last.issuerName() + ", which issued yours, was not given.",
                "all intermediates up to the root, which may be left out.",
                "If that issuer is a root that the partner trusts, go on. If it is an intermediate, add its"
                        + " certificate, or the partner cannot verify yours."));
        return Chain.End.INCOMPLETE;
    }

    /** Reports differences from the replaced certificate, and another identity that uses this one. */
    static void compare(CertificateFacts facts, Circumstances circumstances, String part, List<Finding> findings) {
        circumstances
                .usedBy()
                .apply(facts.fingerprint())
                .ifPresent(other -> findings.add(Finding.of(
                                FindingCode.DUPLICATE,
                                part,
                                "The certificate is in use already",
                                Names.shown(facts.subject()) + " is in use by " + other + ".",
                                "a certificate of its own for each identity: else two apps are one to the partner, and replacing"
                                        + " it for one breaks the other.",
                                "Ask for another certificate.")
                        .about(facts.fingerprint())));
        circumstances.replaced().ifPresent(old -> {
            if (old.fingerprint().equals(facts.fingerprint())) {
                findings.add(Finding.of(
                                FindingCode.REPLACES_SAME,
                                part,
                                "It is the certificate that is in use",
                                Names.shown(facts.subject())
                                        + " with this SHA-256 is what the identity presents already.",
                                "another certificate, unless only its issuers or the partner's CA are to change.",
                                "Look whether it is the file that you meant; you may go on.")
                        .about(facts.fingerprint()));
            }
            differs(FindingCode.REPLACES_SUBJECT, "The subject changes", old.subject(), facts.subject(), part)
                    .ifPresent(finding -> findings.add(finding.about(facts.fingerprint())));
            differs(FindingCode.REPLACES_ISSUER, "The issuer changes", old.issuer(), facts.issuer(), part)
                    .ifPresent(finding -> findings.add(finding.about(facts.fingerprint())));
            differs(FindingCode.REPLACES_SANS, "The names (SAN) change", listed(old.sans()), listed(facts.sans()), part)
                    .ifPresent(finding -> findings.add(finding.about(facts.fingerprint())));
        });
    }

    private static Optional<Finding> differs(FindingCode code, String title, String old, String now, String part) {
        return old.equals(now)
                ? Optional.empty()
                : Optional.of(Finding.of(
                        code,
                        part,
                        title,
                        Names.shown(now) + ".",
                        Names.shown(old) + ", as in the certificate that it replaces.",
                        "You may go on if the partner knows the new one; many let in by exactly this."));
    }

    private static String listed(List<String> names) {
        return names.isEmpty() ? "none" : names.stream().distinct().sorted().collect(Collectors.joining(", "));
    }

    private static String names(List<X509> certificates) {
        return certificates.stream().map(X509::name).collect(Collectors.joining(", then "));
    }
}
