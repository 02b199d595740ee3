package io.waypass.certificate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Content of the parts of one side (client or CA bundle), and the fields that it came from.
 *
 * @param certificates in the order given
 * @param keys in the order given
 * @param recognised a line for each part
 * @param chainPart the field that findings about the certificates name
 * @param keyPart the field that findings about the key name
 * @param sequences certificates of each part whose order is significant
 * @param unknownChain whether an unreadable piece may hold certificates
 * @param unknownKey whether an unreadable piece is or may hold a key
 * @param wantsPassphrase whether a piece needs a passphrase, or another one than was given
 * @param unreadCertificate whether an unreadable piece may be a certificate
 */
record Material(
        List<X509> certificates,
        List<PrivateKeyMaterial> keys,
        List<Recognised> recognised,
        String chainPart,
        String keyPart,
        List<List<X509>> sequences,
        boolean unknownChain,
        boolean unknownKey,
        boolean wantsPassphrase,
        boolean unreadCertificate)
        implements AutoCloseable {

    private static final int MAX_PARTS = 16;
    private static final Set<String> UNORDERED = Set.of("PKCS#7", "PKCS#12", "JKS");

    static Material of(List<Part> parts, PartReader reader, List<Finding> findings) {
        List<X509> certificates = new ArrayList<>();
        List<PrivateKeyMaterial> keys = new ArrayList<>();
        List<Recognised> recognised = new ArrayList<>();
        Optional<Part.Field> chainField = Optional.empty();
        Optional<Part.Field> keyField = Optional.empty();
        List<List<X509>> sequences = new ArrayList<>();
        boolean unknownChain = false;
        boolean unknownKey = false;
        boolean wantsPassphrase = false;
        boolean unreadCertificate = false;
        for (Part part : parts.subList(0, Math.min(parts.size(), MAX_PARTS))) {
            Contents contents = reader.read(part);
            certificates.addAll(contents.certificates());
            keys.addAll(contents.keys());
            recognised.add(new Recognised(
                    part.field(),
                    part.fileName(),
                    contents.form(),
                    contents.holds(),
                    contents.isWhole(),
                    !contents.isPublic()));
            boolean misplacedKey = part.field() == Part.Field.CA_BUNDLE && contents.holdsKey();
            if (misplacedKey) {
                findings.add(CaRules.holdsKey());
            }
            contents.problems().stream()
                    .filter(problem -> !misplacedKey || !problem.code().isAboutKey())
                    .forEach(problem -> findings.add(problem.finding(part)));
            boolean nothing = contents.isEmpty() && contents.problems().isEmpty();
            if (nothing) {
                findings.add(nothingUsable(part, contents).finding(part));
            } else {
                contents.ignored().forEach(what -> findings.add(ignored(part, what)));
            }
            boolean unread = nothing || contents.isEmpty();
            boolean keystore = contents.lockedKeystore() || unread && part.field() == Part.Field.PKCS12;
            wantsPassphrase |= contents.wantsPassphrase();
            unreadCertificate |= contents.unreadCertificate();
            unknownChain |= keystore || unread && part.field() != Part.Field.PRIVATE_KEY;
            unknownKey |= keystore || contents.lockedKey() || unread && part.field() == Part.Field.PRIVATE_KEY;
            if (!UNORDERED.contains(contents.form())) {
                sequences.add(List.copyOf(contents.certificates()));
            }
            if (!contents.certificates().isEmpty()) {
                chainField = chainField.or(() -> Optional.of(part.field()));
            }
            if (!contents.keys().isEmpty()) {
                keyField = keyField.or(() -> Optional.of(part.field()));
            }
        }
        if (parts.size() > MAX_PARTS) {
            findings.add(Finding.of(
                    FindingCode.INPUT_UNREADABLE,
                    parts.getFirst().field().value(),
                    "There are too many files",
                    parts.size() + " files.",
                    "at most " + MAX_PARTS + ".",
                    "Choose the certificate, its issuers and the key alone."));
        }
        return new Material(
                certificates,
                keys,
                recognised,
                chainField.orElse(Part.Field.CHAIN).value(),
                keyField.orElse(Part.Field.PRIVATE_KEY).value(),
                sequences,
                unknownChain,
                unknownKey,
                wantsPassphrase,
                unreadCertificate);
    }

    /** Wipes the keys. */
    @Override
    public void close() {
        keys.forEach(PrivateKeyMaterial::close);
    }

    private static Unreadable nothingUsable(Part part, Contents contents) {
        boolean request = contents.ignored().stream().anyMatch(what -> what.contains("certificate request"));
        boolean publicKey = contents.ignored().stream().anyMatch(what -> what.contains("PUBLIC KEY"));
        boolean trustStore = contents.form().equals("JKS");
        String what = part.fileName().map(name -> "“" + name + "”").orElse("what was pasted");
        return request
                ? Asn1Reader.certificateRequest(what)
                : publicKey
                        ? Asn1Reader.publicKey(what)
                        : trustStore
                                ? trustStore()
                                : new Unreadable(
                                        "there is no certificate and no key in it.",
                                        "certificates, a private key, or both.",
                                        "Choose the file that your certificate authority sent you.");
    }

    private static Unreadable trustStore() {
        return new Unreadable(
                "it is a Java keystore of certificates that are trusted, without a private key.",
                "the keystore with the private key and its certificate.",
                "Choose the other keystore. For a CA bundle write its certificates as PEM: “keytool -exportcert -rfc"
                        + " -alias name …”.");
    }

    private static Finding ignored(Part part, String what) {
        return Finding.of(
                FindingCode.INPUT_IGNORED,
                part.field().value(),
                "Something was left out",
                what + ", is no part of the chain and no private key.",
                "certificates and one private key.",
                "Nothing; it is not stored.");
    }
}
