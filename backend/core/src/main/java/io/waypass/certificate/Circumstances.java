package io.waypass.certificate;

import java.util.Optional;
import java.util.function.Function;

/**
 * Context of a submission.
 *
 * @param replaced facts of the certificate that the submission replaces
 * @param replacedCaBundle CA bundle of the replaced certificate, PEM
 * @param catalogueCaBundle the destination's CA bundle in the catalogue, PEM
 * @param usedBy maps a fingerprint to a phrase for the reader about another identity that uses that certificate
 */
public record Circumstances(
        Optional<CertificateFacts> replaced,
        Optional<String> replacedCaBundle,
        Optional<String> catalogueCaBundle,
        Function<String, Optional<String>> usedBy) {

    public static final Circumstances NONE =
            new Circumstances(Optional.empty(), Optional.empty(), Optional.empty(), _ -> Optional.empty());
}
