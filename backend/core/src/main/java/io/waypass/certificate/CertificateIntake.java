package io.waypass.certificate;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The one judge of client credentials: called at submit and again before a plan and an apply. It says everything that
 * is wrong in one answer, and stores nothing.
 *
 * <p>Judged now: the parts are there and are PEM, the chain links from the leaf up, every certificate is valid today,
 * and the key belongs to the leaf. A Secret without {@code ca.crt} makes istiod deliver the certificate but not the CA,
 * and every call then fails although all statuses are True (measured), so the CA is required.
 */
public final class CertificateIntake {

    private static final int MAX_CHAIN = 10;
    private static final int MAX_BUNDLE = 200;
    private static final byte[] PROOF = "waypass proof of possession".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    private final Clock clock;

    /**
     * Makes the judge.
     *
     * @param clock tells which validity is meant by "today"
     */
    public CertificateIntake(Clock clock) {
        this.clock = clock;
    }

    /**
     * Judges a submission.
     *
     * @param submission what was handed in
     * @return facts as far as they could be read, every finding, and the credential if there is no error
     */
    public Judgement judge(CertificateSubmission submission) {
        return judge(submission, Circumstances.NONE);
    }

    /**
     * Judges a submission.
     *
     * @param submission what was handed in
     * @param circumstances what is known beside it
     * @return facts as far as they could be read, every finding, and the credential if there is no error
     */
    public Judgement judge(CertificateSubmission submission, Circumstances circumstances) {
        List<Finding> findings = new ArrayList<>();
        List<X509Certificate> chain = chain(text(submission.client(), Part.Field.CHAIN), findings);
        Optional<PrivateKeyMaterial> key = key(text(submission.client(), Part.Field.PRIVATE_KEY), findings);
        List<X509Certificate> bundle = bundle(text(submission.caBundle(), Part.Field.CA_BUNDLE), findings);

        List<X509Certificate> ordered = chain.isEmpty() ? chain : ordered(chain, findings);
        Optional<CertificateFacts> facts = ordered.isEmpty() ? Optional.empty() : Optional.of(facts(ordered, bundle));
        validity(ordered, findings);
        if (!ordered.isEmpty()) {
            key.ifPresent(material -> possession(ordered, material, findings));
        }
        boolean refused = findings.stream().anyMatch(finding -> finding.level() == Finding.Level.ERROR);
        if (refused || facts.isEmpty() || key.isEmpty()) {
            key.ifPresent(PrivateKeyMaterial::close);
            return new Judgement(facts, List.of(), List.of(), findings, Optional.empty());
        }
        String chainPem = Pem.write(ordered);
        String caBundlePem = Pem.write(bundle);
        CertificateFingerprints fingerprints = new CertificateFingerprints(
                Fingerprints.sha256(chainPem),
                Fingerprints.sha256(ordered.getFirst().getPublicKey().getEncoded()),
                Fingerprints.sha256(caBundlePem));
        return new Judgement(
                facts,
                List.of(),
                List.of(),
                findings,
                Optional.of(new ClientCredential(facts.get(), chainPem, caBundlePem, fingerprints, key.get())));
    }

    /**
     * Judges a stored credential again, before a plan and before an apply.
     *
     * @param certificate what is stored
     * @param key its private key; left open, the caller wipes it
     * @return every finding
     */
    public List<Finding> judgeAgain(StoredCertificate certificate, PrivateKeyMaterial key) {
        List<Finding> findings = new ArrayList<>();
        List<X509Certificate> chain = chain(certificate.chainPem(), findings);
        bundle(certificate.caBundlePem(), findings);
        if (!chain.isEmpty()) {
            List<X509Certificate> ordered = ordered(chain, findings);
            validity(ordered, findings);
            possession(ordered, key, findings);
        }
        return findings;
    }

    private static String text(List<Part> parts, Part.Field field) {
        return parts.stream()
                .filter(part -> part.field() == field)
                .map(part -> new String(part.content(), java.nio.charset.StandardCharsets.UTF_8))
                .collect(java.util.stream.Collectors.joining("\n"));
    }

    private static List<X509Certificate> chain(String text, List<Finding> findings) {
        if (text.isBlank()) {
            findings.add(Finding.error(
                    "chain.missing",
                    "chain",
                    "The client certificate is missing",
                    "nothing was given.",
                    "your app's certificate and its intermediates, as PEM.",
                    "Choose the file that your certificate authority sent you, or paste its text."));
            return List.of();
        }
        return certificates(text, "chain", "client certificate", MAX_CHAIN, findings);
    }

    private static List<X509Certificate> bundle(String text, List<Finding> findings) {
        if (text.isBlank()) {
            findings.add(
                    Finding.error(
                            "ca.missing",
                            "caBundle",
                            "The partner's CA is missing",
                            "nothing was given, and the catalogue holds none for this destination.",
                            "the certificates that signed the partner's server certificate, as PEM.",
                            "Ask the partner for their CA certificate. Without it the gateway cannot tell the partner from an impostor."));
            return List.of();
        }
        return certificates(text, "caBundle", "CA bundle", MAX_BUNDLE, findings);
    }

    private static List<X509Certificate> certificates(
            String text, String part, String word, int most, List<Finding> findings) {
        if (text.length() > Part.MAX_BYTES) {
            findings.add(tooLarge(part, word, text.length()));
            return List.of();
        }
        String found;
        try {
            List<X509Certificate> certificates = Pem.certificates(text);
            if (!certificates.isEmpty() && certificates.size() <= most) {
                return certificates;
            }
            found = certificates.isEmpty()
                    ? "there is no certificate in it."
                    : "it holds " + certificates.size() + " certificates.";
        } catch (Pem.Unreadable e) {
            found = e.getMessage() + ".";
        }
        findings.add(Finding.error(
                "input.unreadable",
                part,
                "The " + word + " cannot be read",
                found,
                "1 to " + most + " blocks from “-----BEGIN CERTIFICATE-----” to “-----END CERTIFICATE-----”.",
                "Give it as PEM. “openssl x509 -in file -out file.pem” turns one certificate into that form."));
        return List.of();
    }

    private static Finding tooLarge(String part, String word, int length) {
        return Finding.error(
                "input.unreadable",
                part,
                "The " + word + " is too large",
                length / 1024 + " KiB.",
                "at most 64 KiB.",
                "Leave out what does not belong to it.");
    }

    private static Optional<PrivateKeyMaterial> key(String text, List<Finding> findings) {
        if (text.isBlank()) {
            findings.add(Finding.error(
                    "key.missing",
                    "privateKey",
                    "The private key is missing",
                    "nothing was given.",
                    "the private key of your client certificate, as PEM.",
                    "Choose the key file that the signing request was made with, or paste its text."));
            return Optional.empty();
        }
        if (text.length() > Part.MAX_BYTES) {
            findings.add(tooLarge("privateKey", "private key", text.length()));
            return Optional.empty();
        }
        try {
            return Optional.of(Pem.privateKey(text));
        } catch (Pem.Unreadable e) {
            findings.add(Finding.error(
                    "input.unreadable",
                    "privateKey",
                    "The private key cannot be read",
                    e.getMessage() + ".",
                    "one block “-----BEGIN PRIVATE KEY-----” (also RSA or EC PRIVATE KEY).",
                    "Give the key as PEM, without passphrase."));
            return Optional.empty();
        }
    }

    /** Leaf first, each followed by its issuer. What does not link is a finding, and the given order is kept then. */
    private static List<X509Certificate> ordered(List<X509Certificate> given, List<Finding> findings) {
        List<X509Certificate> leaves = given.stream()
                .filter(candidate -> given.stream().noneMatch(other -> other != candidate && issued(candidate, other)))
                .toList();
        X509Certificate leaf = leaves.stream()
                .filter(candidate -> candidate.getBasicConstraints() < 0)
                .findFirst()
                .orElse(given.getFirst());
        List<X509Certificate> path = new ArrayList<>(List.of(leaf));
        List<X509Certificate> rest = new ArrayList<>(given);
        rest.remove(leaf);
        for (X509Certificate last = leaf; !rest.isEmpty(); last = path.getLast()) {
            X509Certificate child = last;
            Optional<X509Certificate> issuer =
                    rest.stream().filter(candidate -> issued(candidate, child)).findFirst();
            if (issuer.isEmpty()) {
                break;
            }
            path.add(issuer.get());
            rest.remove(issuer.get());
        }
        if (rest.isEmpty()) {
            return path;
        }
        X509Certificate stray = rest.getFirst();
        boolean sameName = stray.getSubjectX500Principal().equals(path.getLast().getIssuerX500Principal());
        findings.add(
                sameName
                        ? Finding.error(
                                "chain.broken",
                                "chain",
                                "The chain does not hold",
                                name(path.getLast()) + " names " + name(stray)
                                        + " as its issuer, but that certificate's key did not sign it.",
                                "each certificate signed by the next.",
                                "Ask your certificate authority for the chain that belongs to this certificate.")
                        : Finding.error(
                                "chain.unrelated",
                                "chain",
                                "A certificate is no part of the chain",
                                name(stray) + " issued none of the others; the chain from " + name(leaf) + " ends at "
                                        + name(path.getLast()) + ", which names "
                                        + path.getLast()
                                                .getIssuerX500Principal()
                                                .getName() + " as its issuer.",
                                "your certificate and the certificates of its issuers, nothing else.",
                                "Remove it, or add the missing certificate between the two."));
        path.addAll(rest);
        return path;
    }

    private static boolean issued(X509Certificate issuer, X509Certificate child) {
        if (!child.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            return false;
        }
        try {
            child.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private void validity(List<X509Certificate> chain, List<Finding> findings) {
        Instant now = clock.instant();
        for (int i = 0; i < chain.size(); i++) {
            X509Certificate certificate = chain.get(i);
            String which = i == 0 ? "leaf" : "chain";
            if (now.isAfter(certificate.getNotAfter().toInstant())) {
                findings.add(Finding.error(
                        which + ".expired",
                        "chain",
                        "A certificate has expired",
                        name(certificate) + " was valid until "
                                + certificate.getNotAfter().toInstant() + ".",
                        "a certificate that is valid today.",
                        "Ask your certificate authority for a new one."));
            } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
                findings.add(Finding.error(
                        which + ".not-yet-valid",
                        "chain",
                        "A certificate is not valid yet",
                        name(certificate) + " is valid from "
                                + certificate.getNotBefore().toInstant() + ".",
                        "a certificate that is valid today.",
                        "Submit it when its time has come, or check the clock of who issued it."));
            } else if (i == 0 && certificate.getNotAfter().toInstant().isBefore(now.plusSeconds(30L * 86_400))) {
                findings.add(Finding.warning(
                        "leaf.expires-soon",
                        "chain",
                        "The certificate expires within 30 days",
                        name(certificate) + " is valid until "
                                + certificate.getNotAfter().toInstant() + ".",
                        "at least 30 days of validity.",
                        "You may go on; plan its rotation now."));
            }
        }
    }

    private static void possession(List<X509Certificate> chain, PrivateKeyMaterial material, List<Finding> findings) {
        X509Certificate leaf = chain.getFirst();
        if (belongs(material, leaf.getPublicKey())) {
            return;
        }
        String other = chain.stream()
                .skip(1)
                .filter(certificate -> belongs(material, certificate.getPublicKey()))
                .findFirst()
                .map(certificate -> "it is the key of " + name(certificate) + ".")
                .orElse("no certificate among those given has it.");
        findings.add(Finding.error(
                "key.mismatch",
                "privateKey",
                "The private key belongs to another certificate",
                other,
                "the key of " + name(leaf) + ".",
                "Choose the key that the signing request was made with. If it is gone, ask for a new certificate;"
                        + " a key cannot be derived from one."));
    }

    private static boolean belongs(PrivateKeyMaterial material, PublicKey publicKey) {
        try {
            PrivateKey key = KeyFactory.getInstance(publicKey.getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(material.pkcs8()));
            String algorithm = switch (publicKey) {
                case RSAPublicKey _ -> "SHA256withRSA";
                case ECPublicKey _ -> "SHA256withECDSA";
                default -> publicKey.getAlgorithm();
            };
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(PROOF);
            byte[] proof = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(publicKey);
            verifier.update(PROOF);
            return verifier.verify(proof);
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    private static CertificateFacts facts(List<X509Certificate> chain, List<X509Certificate> bundle) {
        X509Certificate leaf = chain.getFirst();
        try {
            return new CertificateFacts(
                    name(leaf),
                    leaf.getIssuerX500Principal().getName(),
                    sans(leaf),
                    hex(leaf.getSerialNumber()),
                    leaf.getNotBefore().toInstant(),
                    leaf.getNotAfter().toInstant(),
                    keyAlgorithm(leaf.getPublicKey()),
                    leaf.getSigAlgName(),
                    Fingerprints.colons(leaf.getEncoded()),
                    chain.stream().map(CertificateIntake::name).toList(),
                    bundle.stream().map(CertificateIntake::name).toList());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a parsed certificate has no encoding", e);
        }
    }

    private static List<String> sans(X509Certificate leaf) {
        Collection<List<?>> names;
        try {
            names = leaf.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return List.of("unreadable");
        }
        if (names == null) {
            return List.of();
        }
        return names.stream()
                .map(name -> switch ((Integer) name.getFirst()) {
                    case 1 -> "email:" + name.get(1);
                    case 2 -> "DNS:" + name.get(1);
                    case 4 -> "dirName:" + name.get(1);
                    case 6 -> "URI:" + name.get(1);
                    case 7 -> "IP:" + name.get(1);
                    default -> "other";
                })
                .toList();
    }

    private static String keyAlgorithm(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> "RSA " + rsa.getModulus().bitLength();
            case ECPublicKey ec ->
                switch (ec.getParams().getCurve().getField().getFieldSize()) {
                    case 256 -> "EC P-256";
                    case 384 -> "EC P-384";
                    case 521 -> "EC P-521";
                    default -> "EC " + ec.getParams().getCurve().getField().getFieldSize();
                };
            case EdECPublicKey ed -> ed.getParams().getName();
            default -> key.getAlgorithm();
        };
    }

    private static String name(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }

    private static String hex(BigInteger serial) {
        byte[] bytes = serial.toByteArray();
        int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
        return HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes, from, bytes.length);
    }
}
