package io.waypass.fingerprint;

/**
 * Fingerprints that represent a Secret's content in plans and digests. Each is {@code sha256:} and 64 hex digits.
 *
 * @param chain of the bytes of {@code tls.crt}
 * @param publicKey of the leaf's SubjectPublicKeyInfo (DER): it identifies the private key without being derived from
 * it
 * @param caBundle of the bytes of {@code ca.crt}
 */
public record CertificateFingerprints(String chain, String publicKey, String caBundle) {}
