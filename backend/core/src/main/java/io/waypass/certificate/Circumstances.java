package io.waypass.certificate;

import java.util.Optional;
import java.util.function.Function;

/**
 * What is known beside a submission.
 *
 * @param replaced facts of the certificate that it would replace
 * @param replacedCaBundle the CA bundle beside that one, PEM
 * @param catalogueCaBundle the destination's CA bundle in the catalogue, PEM
 * @param usedBy tells for a fingerprint, in words for the reader, which other identity uses that certificate
 */
public record Circumstances(
        Optional<CertificateFacts> replaced,
        Optional<String> replacedCaBundle,
        Optional<String> catalogueCaBundle,
        Function<String, Optional<String>> usedBy) {

    /** Nothing is known. */
    public static final Circumstances NONE =
            new Circumstances(Optional.empty(), Optional.empty(), Optional.empty(), _ -> Optional.empty());
}
