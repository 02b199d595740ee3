package io.waypass.certificate;

import java.util.List;
import java.util.Optional;

/**
 * Result of validating a submission.
 *
 * @param facts of the leaf, as far as it could be read
 * @param chain in order; none if no certificate could be read
 * @param recognised what each part was recognised as
 * @param findings all findings, errors first
 * @param credential present exactly if there is no error; the receiver closes it
 */
public record Judgement(
        Optional<CertificateFacts> facts,
        Optional<Chain> chain,
        List<Recognised> recognised,
        List<Finding> findings,
        Optional<ClientCredential> credential)
        implements AutoCloseable {

    public Judgement {
        recognised = List.copyOf(recognised);
        findings = List.copyOf(findings);
    }

    public List<Finding> errors() {
        return at(Finding.Level.ERROR);
    }

    public List<Finding> warnings() {
        return at(Finding.Level.WARNING);
    }

    public List<Finding> notes() {
        return at(Finding.Level.NOTE);
    }

    /** {@return all findings that are no errors; they stay on the request} */
    public List<Finding> lasting() {
        return findings.stream()
                .filter(finding -> finding.level() != Finding.Level.ERROR)
                .toList();
    }

    /** {@return a copy without the credential, which is wiped} */
    public Judgement withoutCredential() {
        close();
        return new Judgement(facts, chain, recognised, findings, Optional.empty());
    }

    /** {@return whether a passphrase is missing or wrong} */
    public boolean wantsPassphrase() {
        return findings.stream()
                .anyMatch(finding -> finding.is(FindingCode.KEY_PASSPHRASE_REQUIRED)
                        || finding.is(FindingCode.KEY_PASSPHRASE_WRONG));
    }

    private List<Finding> at(Finding.Level level) {
        return findings.stream().filter(finding -> finding.level() == level).toList();
    }

    @Override
    public void close() {
        credential.ifPresent(ClientCredential::close);
    }
}
