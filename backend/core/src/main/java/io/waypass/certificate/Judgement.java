package io.waypass.certificate;

import java.util.List;
import java.util.Optional;

/**
 * What the judge says of a submission.
 *
 * @param facts of the leaf, as far as it could be read
 * @param findings everything that was found, errors first
 * @param credential present exactly if there is no error; the receiver closes it
 */
public record Judgement(Optional<CertificateFacts> facts, List<Finding> findings, Optional<ClientCredential> credential)
        implements AutoCloseable {

    /** Copies the list. */
    public Judgement {
        findings = List.copyOf(findings);
    }

    /** {@return only what stands in the way} */
    public List<Finding> errors() {
        return findings.stream()
                .filter(finding -> finding.level() == Finding.Level.ERROR)
                .toList();
    }

    /** {@return only what has to be seen} */
    public List<Finding> warnings() {
        return findings.stream()
                .filter(finding -> finding.level() == Finding.Level.WARNING)
                .toList();
    }

    @Override
    public void close() {
        credential.ifPresent(ClientCredential::close);
    }
}
