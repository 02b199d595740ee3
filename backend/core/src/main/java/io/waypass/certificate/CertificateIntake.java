package io.waypass.certificate;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The one judge of client credentials: called at submit and again before a plan and an apply. It says everything that
 * is wrong in one answer, and stores nothing.
 *
 * <p>Parts are read in whatever form they have ({@link PartReader}); the chain is put in order ({@link ChainPath}); then
 * the rules speak ({@link ChainRules}, {@link KeyRules}, {@link CaRules}). A Secret without {@code ca.crt} makes istiod
 * deliver the certificate but not the CA, and every call then fails although all statuses are True (measured), so the CA
 * is required.
 */
public final class CertificateIntake {

    static final int MAX_CHAIN = 10;
    static final int MAX_BUNDLE = 200;

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
     * Judges a submission of which nothing else is known.
     *
     * @param submission what was handed in; left open, the caller closes it
     * @return facts as far as they could be read, every finding, and the credential if there is no error
     */
    public Judgement judge(CertificateSubmission submission) {
        return judge(submission, Circumstances.NONE);
    }

    /**
     * Judges a submission.
     *
     * @param submission what was handed in; left open, the caller closes it
     * @param circumstances what is known beside it
     * @return facts as far as they could be read, every finding, and the credential if there is no error
     */
    public Judgement judge(CertificateSubmission submission, Circumstances circumstances) {
        List<Finding> findings = new ArrayList<>();
        PartReader reader = new PartReader(new Passphrase(passphrase(submission, findings)));
        Material client = Material.of(submission.client(), reader, findings);
        Material ca = Material.of(submission.caBundle(), reader, findings);
        try {
            Optional<PrivateKeyMaterial> key = KeyRules.theKey(client, findings);
            List<X509> bundle = CaRules.bundle(ca, findings);
            Signatures signatures = new Signatures();
            Optional<ChainPath> path = ChainRules.path(client, key, signatures, findings);
            path.ifPresent(found -> rules(found, key, bundle, client, circumstances, signatures, findings));
            CaRules.judge(bundle, path, circumstances, clock.instant(), signatures, findings);
            return judgement(client, ca, path, key, bundle, findings);
        } finally {
            ca.keys().forEach(PrivateKeyMaterial::close);
        }
    }

    /**
     * Judges a stored credential again, before a plan and before an apply.
     *
     * @param certificate what is stored
     * @param key its private key; left open, the caller wipes it
     * @return every finding, errors first
     */
    public List<Finding> judgeAgain(StoredCertificate certificate, PrivateKeyMaterial key) {
        List<Finding> findings = new ArrayList<>();
        PartReader reader = new PartReader(new Passphrase(new char[0]));
        Material client = Material.of(List.of(Part.text(Part.Field.CHAIN, certificate.chainPem())), reader, findings);
        Material ca =
                Material.of(List.of(Part.text(Part.Field.CA_BUNDLE, certificate.caBundlePem())), reader, findings);
        Signatures signatures = new Signatures();
        List<X509> bundle = CaRules.bundle(ca, findings);
        Optional<PrivateKeyMaterial> given = Optional.of(key);
        Optional<ChainPath> path = ChainRules.path(client, given, signatures, findings);
        path.ifPresent(found -> rules(found, given, bundle, client, Circumstances.NONE, signatures, findings));
        CaRules.judge(bundle, path, Circumstances.NONE, clock.instant(), signatures, findings);
        return sorted(findings);
    }

    /**
     * Judges the CA bundle of a catalogue's destination.
     *
     * @param caBundle PEM, DER in Base64 or PKCS#7, as a bundle of a submission
     * @return every finding, errors first
     */
    public List<Finding> judgeCaBundle(String caBundle) {
        List<Finding> findings = new ArrayList<>();
        Material ca = Material.of(
                List.of(Part.text(Part.Field.CA_BUNDLE, caBundle)),
                new PartReader(new Passphrase(new char[0])),
                findings);
        try {
            List<X509> bundle = CaRules.bundle(ca, findings);
            CaRules.judge(bundle, Optional.empty(), Circumstances.NONE, clock.instant(), new Signatures(), findings);
            return sorted(findings);
        } finally {
            ca.keys().forEach(PrivateKeyMaterial::close);
        }
    }

    private static char[] passphrase(CertificateSubmission submission, List<Finding> findings) {
        if (submission.passphrase().length <= Passphrase.LONGEST) {
            return submission.passphrase();
        }
        findings.add(Finding.error(
                "input.unreadable",
                Part.Field.PASSPHRASE.value(),
                "The passphrase is too long",
                submission.passphrase().length + " characters.",
                "at most " + Passphrase.LONGEST + " characters.",
                "Look whether something else was pasted in its place."));
        return new char[0];
    }

    private void rules(
            ChainPath path,
            Optional<PrivateKeyMaterial> key,
            List<X509> bundle,
            Material client,
            Circumstances circumstances,
            Signatures signatures,
            List<Finding> findings) {
        ChainRules.judge(path, bundle, client, clock.instant(), signatures, findings);
        ChainRules.compare(facts(path.path(), bundle), circumstances, client.chainPart(), findings);
        KeyRules.judge(path, key, client, findings);
    }

    private static Judgement judgement(
            Material client,
            Material ca,
            Optional<ChainPath> path,
            Optional<PrivateKeyMaterial> key,
            List<X509> bundle,
            List<Finding> findings) {
        List<Recognised> recognised = new ArrayList<>(client.recognised());
        recognised.addAll(ca.recognised());
        List<X509> ordered = path.map(ChainPath::path).orElse(List.of());
        Optional<CertificateFacts> facts = ordered.isEmpty() ? Optional.empty() : Optional.of(facts(ordered, bundle));
        boolean refused = findings.stream().anyMatch(finding -> finding.level() == Finding.Level.ERROR);
        Optional<ClientCredential> credential = refused || facts.isEmpty() || key.isEmpty()
                ? Optional.empty()
                : Optional.of(credential(facts.get(), ordered, bundle, key.get()));
        client.keys().stream()
                .filter(each -> credential.isEmpty() || each != key.get())
                .forEach(PrivateKeyMaterial::close);
        return new Judgement(facts, Chains.links(ordered), recognised, sorted(findings), credential);
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
                leaf.certificate().getSigAlgName(),
                leaf.fingerprint(),
                chain.stream().map(X509::subject).toList(),
                bundle.stream().map(X509::subject).toList());
    }

    private static List<Finding> sorted(List<Finding> findings) {
        return findings.stream()
                .distinct()
                .sorted(Comparator.comparing(Finding::level))
                .toList();
    }
}
