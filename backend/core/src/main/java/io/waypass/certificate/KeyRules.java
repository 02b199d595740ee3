package io.waypass.certificate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Rules for the private key: it is present, belongs to the leaf, and Envoy can load it. */
final class KeyRules {

    static final int MIN_RSA_BITS = 2048;
    private static final int LARGE_RSA_BITS = 4096;

    private KeyRules() {}

    /** Returns the submitted key; of several, the one that a certificate belongs to. */
    static Optional<PrivateKeyMaterial> theKey(Material client, List<Finding> findings) {
        List<PrivateKeyMaterial> distinct = new ArrayList<>();
        for (PrivateKeyMaterial key : client.keys()) {
            if (distinct.stream().noneMatch(other -> Arrays.equals(other.pkcs8(), key.pkcs8()))) {
                distinct.add(key);
            }
        }
        if (distinct.size() == 1) {
            return Optional.of(distinct.getFirst());
        }
        if (distinct.isEmpty()) {
            if (!client.unknownKey()) {
                findings.add(Finding.of(
                        FindingCode.KEY_MISSING,
                        client.keyPart(),
                        "The private key is missing",
                        client.certificates().isEmpty() && !client.unknownChain()
                                ? "nothing was given."
                                : "no private key is in what was given.",
                        "the private key of your client certificate.",
                        "Choose the key file that the signing request was made with, or paste its text."));
            }
            return Optional.empty();
        }
        List<X509> certificates = client.certificates().stream()
                .distinct()
                .limit(CertificateIntake.MAX_CHAIN)
                .toList();
        List<PrivateKeyMaterial> fitting = distinct.stream()
                .filter(key -> certificates.stream().anyMatch(each -> PrivateKeys.belongs(key, each)))
                .toList();
        if (fitting.size() == 1) {
            findings.add(Finding.of(
                    FindingCode.INPUT_IGNORED,
                    client.keyPart(),
                    "Something was left out",
                    distinct.size() - 1 + " private key that belongs to none of the certificates.",
                    "certificates and one private key.",
                    "Nothing; it is not stored."));
            return Optional.of(fitting.getFirst());
        }
        findings.add(Finding.of(
                FindingCode.KEY_AMBIGUOUS,
                client.keyPart(),
                "There is more than one private key",
                distinct.size() + " different private keys, "
                        + (fitting.isEmpty() ? "none" : Integer.toString(fitting.size()))
                        + " of which belong to a certificate that was given.",
                "one private key, the one of your client certificate.",
                "Give that key alone. From a keystore with several entries, export one: “keytool -importkeystore"
                        + " -srcalias name …” or “openssl pkcs12 -export …”."));
        return Optional.empty();
    }

    /** {@return how the key relates to the leaf} */
    static Chain.Key judge(ChainPath path, Optional<PrivateKeyMaterial> key, Material client, List<Finding> findings) {
        boolean loads = loads(path.leaf(), client.chainPart(), findings);
        if (key.isEmpty()) {
            return client.keys().isEmpty() && !client.unknownKey()
                    ? Chain.Key.ABSENT
                    : client.wantsPassphrase() ? Chain.Key.LOCKED : Chain.Key.UNUSABLE;
        }
        if (!path.leaf().key().supported()) {
            return Chain.Key.UNUSABLE;
        }
        Chain.Key possession = possession(path, key.get(), client.keyPart(), findings);
        return possession == Chain.Key.FITS && !loads ? Chain.Key.UNUSABLE : possession;
    }

    /** {@return whether Envoy loads a key like the leaf's} */
    private static boolean loads(X509 leaf, String part, List<Finding> findings) {
        KeyKind kind = leaf.key();
        boolean told = findings.stream().anyMatch(finding -> finding.is(FindingCode.KEY_UNSUPPORTED));
        boolean huge = kind.family() == KeyKind.Family.RSA && kind.size() > PrivateKeys.MAX_RSA_BITS;
        if (!told && (!kind.supported() || huge)) {
            findings.add(
                    Unreadable.keyUnsupported("the certificate is for a key of the kind " + kind.description() + ".")
                            .finding(part)
                            .about(leaf));
        }
        boolean weak = kind.family() == KeyKind.Family.RSA && kind.size() < MIN_RSA_BITS;
        if (weak) {
            findings.add(Finding.of(
                            FindingCode.KEY_WEAK,
                            part,
                            "The key is too small",
                            "the key is RSA with " + kind.size() + " bits.",
                            "RSA with at least 2048 bits. Envoy refuses the whole configuration of a connection with less.",
                            "Make a new key and ask for a certificate for it: “openssl req -new -newkey rsa:3072 …”, or EC"
                                    + " P-256.")
                    .about(leaf));
        }
        if (kind.family() == KeyKind.Family.RSA && kind.size() > LARGE_RSA_BITS && !huge) {
            findings.add(Finding.of(
                            FindingCode.KEY_LARGE,
                            part,
                            "The key is very large",
                            "the key is RSA with " + kind.size() + " bits.",
                            "RSA with 2048 to 4096 bits, or EC P-256, which is as strong as RSA with 3072.",
                            "You may go on; each handshake costs the gateway many times what it costs with a smaller key.")
                    .about(leaf));
        }
        String description = kind.description();
        if (description.equals("EC P-384") || description.equals("EC P-521")) {
            String curve = description.substring(3);
            findings.add(Finding.of(
                            FindingCode.KEY_CURVE,
                            part,
                            "The key uses curve " + curve,
                            "the key is on curve " + curve + ".",
                            "curve P-256, or a partner that talks TLS 1.3. Over TLS 1.3 this key is fine; over TLS 1.2 the"
                                    + " handshake fails with “wrong curve” unless the mesh's tlsDefaults.ecdhCurves lists "
                                    + curve
                                    + " (measured with Envoy 1.40 against OpenSSL servers).",
                            "You may go on if the partner talks TLS 1.3, or the mesh lists " + curve
                                    + ". Else ask for a certificate for a P-256 key.")
                    .about(leaf));
        }
        return kind.supported() && !huge && !weak;
    }

    private static Chain.Key possession(ChainPath path, PrivateKeyMaterial key, String part, List<Finding> findings) {
        X509 leaf = path.leaf();
        if (PrivateKeys.belongs(key, leaf)) {
            boolean sensible = leaf.key().size() <= PrivateKeys.MAX_PROVEN_BITS;
            if (sensible && !PrivateKeys.proves(key, leaf)) {
                findings.add(PrivateKeys.inconsistent().finding(part));
                return Chain.Key.UNUSABLE;
            }
            return Chain.Key.FITS;
        }
        List<X509> others = new ArrayList<>(path.path().subList(1, path.path().size()));
        others.addAll(path.strays());
        others.addAll(path.alternatives());
        String found = others.stream()
                .filter(other -> PrivateKeys.belongs(key, other))
                .findFirst()
                .map(other -> "it is the key of " + other.name() + ".")
                .orElse("none of the certificates that were given belongs to it.");
        findings.add(Finding.of(
                FindingCode.KEY_MISMATCH,
                part,
                "The private key belongs to another certificate",
                found,
                "the key of " + leaf.name() + ".",
                "Choose the key that the signing request was made with. If it is gone, ask for a new certificate;"
                        + " a key cannot be derived from one."));
        return Chain.Key.OTHERS;
    }
}
