package io.waypass.certificate;

import io.waypass.fingerprint.CertificateFingerprints;
import io.waypass.fingerprint.Fingerprints;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Validates client credentials at submission, and again before a plan and an apply. One answer holds every problem.
 * Nothing is stored.
 *
 * <p>Parts are read in any form ({@link PartReader}); the chain is put in order ({@link ChainPath}); then the rules are
 * applied ({@link ChainRules}, {@link KeyRules}, {@link CaRules}). The CA is required: with a Secret without {@code
 * ca.crt}, istiod delivers the certificate but not the CA, and every call then fails although all statuses are True
 * (measured).
 */
public final class CertificateIntake {

    static final int MAX_CHAIN = 10;
    static final int MAX_BUNDLE = 200;

    private final Clock clock;
    private final BouncyCastle bouncyCastle;

    public CertificateIntake(Clock clock) {
        this(clock, BouncyCastle.LIBRARY);
    }

    CertificateIntake(Clock clock, BouncyCastle bouncyCastle) {
        this.clock = clock;
        this.bouncyCastle = bouncyCastle;
    }

    /**
     * Validates a submission.
     *
     * @param submission left open; the caller closes it
     * @param circumstances context of the submission, such as the certificate that it replaces
     * @return facts as far as they could be read, every finding, and the credential if there is no error
     */
    public Judgement judge(CertificateSubmission submission, Circumstances circumstances) {
        List<Finding> findings = new ArrayList<>();
        PartReader reader = new PartReader(new Passphrase(passphrase(submission, findings)), bouncyCastle);
        Material client = Material.of(submission.client(), reader, findings);
        Material ca = Material.of(submission.caBundle(), reader, findings);
        try {
            Optional<PrivateKeyMaterial> key = KeyRules.theKey(client, findings);
            return judgement(client, ca, key, rules(client, ca, key, circumstances, findings), findings);
        } finally {
            ca.close();
        }
    }

    /**
     * Validates a stored credential again, before a plan and before an apply. Checks only what time and the key can
     * have changed; the rest was checked at submission.
     *
     * @param key its private key; left open, the caller wipes it
     * @return current errors
     */
    public List<Finding> judgeAgain(StoredCertificate certificate, PrivateKeyMaterial key) {
        List<Finding> findings = new ArrayList<>();
        PartReader reader = new PartReader(Passphrase.none(), bouncyCastle);
        Material client = Material.of(List.of(Part.text(Part.Field.CHAIN, certificate.chainPem())), reader, findings);
        Material ca =
                Material.of(List.of(Part.text(Part.Field.CA_BUNDLE, certificate.caBundlePem())), reader, findings);
        rules(client, ca, Optional.of(key), Circumstances.NONE, findings);
        return errors(findings);
    }

    /**
     * Validates the CA bundle of a destination in the catalogue.
     *
     * @param caBundle PEM, DER in Base64 or PKCS#7, as in a submission
     * @return errors
     */
    public List<Finding> judgeCaBundle(String caBundle) {
        List<Finding> findings = new ArrayList<>();
        PartReader reader = new PartReader(Passphrase.none(), bouncyCastle);
        Material ca = Material.of(List.of(Part.text(Part.Field.CA_BUNDLE, caBundle)), reader, findings);
        try {
            List<X509> bundle = CaRules.bundle(ca, findings);
            CaRules.judge(
                    bundle,
                    Optional.empty(),
                    Circumstances.NONE,
                    clock.instant(),
                    new Signatures(bouncyCastle),
                    findings);
            return errors(findings);
        } finally {
            ca.close();
        }
    }

    private static char[] passphrase(CertificateSubmission submission, List<Finding> findings) {
        if (submission.passphrase().length <= Passphrase.MAX_LENGTH) {
            return submission.passphrase();
        }
        findings.add(Finding.of(
                FindingCode.INPUT_UNREADABLE,
                Part.Field.PASSPHRASE.value(),
                "The passphrase is too long",
                submission.passphrase().length + " characters.",
                "at most " + Passphrase.MAX_LENGTH + " characters.",
                "Look whether something else was pasted in its place."));
        return new char[0];
    }

    /** Result of the rules: facts and chain if there is a chain, and the bundle in order. */
    private record Ruled(Optional<CertificateFacts> facts, Optional<Chain> chain, List<X509> path, List<X509> bundle) {}

    private Ruled rules(
            Material client,
            Material ca,
            Optional<PrivateKeyMaterial> key,
            Circumstances circumstances,
            List<Finding> findings) {
        Signatures signatures = new Signatures(bouncyCastle);
        List<X509> bundle = CaRules.bundle(ca, findings);
        Optional<ChainPath> path = ChainRules.path(client, key, signatures, findings);
        Optional<CertificateFacts> facts = path.map(found -> facts(found.path(), bundle));
        Optional<Chain> chain = path.map(found -> {
            Chain.End end = ChainRules.judge(found, bundle, client, clock.instant(), signatures, findings);
            ChainRules.compare(facts.orElseThrow(), circumstances, client.chainPart(), findings);
            Chain.Key fits = KeyRules.judge(found, key, client, findings);
            return new Chain(fits, found.links(findings), end);
        });
        CaRules.judge(bundle, path, circumstances, clock.instant(), signatures, findings);
        return new Ruled(facts, chain, path.map(ChainPath::path).orElse(List.of()), bundle);
    }

    private static Judgement judgement(
            Material client, Material ca, Optional<PrivateKeyMaterial> key, Ruled ruled, List<Finding> findings) {
        List<Recognised> recognised = new ArrayList<>(client.recognised());
        recognised.addAll(ca.recognised());
        Optional<ClientCredential> credential = !errors(findings).isEmpty() || key.isEmpty()
                ? Optional.empty()
                : ruled.facts().map(facts -> credential(facts, ruled.path(), ruled.bundle(), key.get()));
        client.keys().stream()
                .filter(each -> credential.isEmpty() || each != key.get())
                .forEach(PrivateKeyMaterial::close);
        return new Judgement(ruled.facts(), ruled.chain(), recognised, sorted(findings), credential);
    }

    private static ClientCredential credential(
            CertificateFacts facts, List<X509> ordered, List<X509> bundle, PrivateKeyMaterial key) {
        String chainPem = Pem.write(ordered);
        String caBundlePem = Pem.write(bundle);
        return new ClientCredential(
                facts,
                chainPem,
                caBundlePem,
                new CertificateFingerprints(
                        Fingerprints.sha256(chainPem),
                        Fingerprints.sha256(ordered.getFirst().publicKey()),
                        Fingerprints.sha256(caBundlePem)),
                key);
    }

    private static CertificateFacts facts(List<X509> chain, List<X509> bundle) {
        X509 leaf = chain.getFirst();
        return new CertificateFacts(
                leaf.subject(),
                leaf.issuer(),
                leaf.sans(),
                leaf.serial(),
                leaf.notBefore(),
                leaf.notAfter(),
                leaf.key().description(),
                SignatureAlgorithm.of(leaf),
                leaf.fingerprint(),
                chain.stream().map(X509::subject).toList(),
                bundle.stream().map(X509::subject).toList());
    }

    private static List<Finding> errors(List<Finding> findings) {
        return sorted(findings).stream()
                .filter(finding -> finding.level() == Finding.Level.ERROR)
                .toList();
    }

    private static List<Finding> sorted(List<Finding> findings) {
        return findings.stream()
                .distinct()
                .sorted(Comparator.comparing(Finding::level))
                .toList();
    }
}
