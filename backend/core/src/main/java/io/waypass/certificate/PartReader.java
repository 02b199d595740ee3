package io.waypass.certificate;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Reads a part and recognises its format by its content. Every problem becomes a sentence; no content causes an
 * exception, except when the platform is out of memory.
 */
final class PartReader {

    private final Passphrase passphrase;
    private final IntakeBudget budget = new IntakeBudget();
    private final BouncyCastle bouncyCastle;
    private final Asn1Reader asn1;

    /** All parts that one reader reads share a passphrase and a budget. */
    PartReader(Passphrase passphrase, BouncyCastle bouncyCastle) {
        this.passphrase = passphrase;
        this.bouncyCastle = bouncyCastle;
        this.asn1 = new Asn1Reader(passphrase, budget, bouncyCastle);
    }

    /** Reads a part; a part larger than {@link Part#MAX_BYTES} is not parsed. */
    Contents read(Part part) {
        Contents contents = new Contents();
        if (part.content().length > Part.MAX_BYTES) {
            contents.problem(new Unreadable(
                    "it is " + (part.content().length + 1023) / 1024 + " KiB large.",
                    "at most " + Part.MAX_BYTES / 1024 + " KiB.",
                    "Leave out what does not belong to it. A certificate with its chain and key has 2 to 10 KiB."));
            return contents;
        }
        if (part.isBlank()) {
            contents.problem(new Unreadable(
                    "it is empty.",
                    "a file that holds something.",
                    "Choose the file again; perhaps it was not written to its end."));
            return contents;
        }
        try {
            bytes(part.content(), contents, false);
        } catch (Unreadable problem) {
            contents.problem(problem);
        } catch (RuntimeException | StackOverflowError e) {
            contents.problem(Asn1Reader.damaged("it"));
        }
        return contents;
    }

    private void bytes(byte[] bytes, Contents contents, boolean unwrapped) throws Unreadable {
        if (begins(bytes, 0xFE, 0xED, 0xFE, 0xED)) {
            new JksReader(passphrase, budget, asn1).read(bytes, contents);
        } else if (begins(bytes, 0xCE, 0xCE, 0xCE, 0xCE)) {
            contents.form("JCEKS");
            contents.keystoreStaysLocked(new Unreadable(
                    "it is a Java keystore of the kind JCEKS.",
                    "PKCS#12, JKS or PEM.",
                    "Convert it: “keytool -importkeystore -srckeystore file -srcstoretype JCEKS -destkeystore file.p12"
                            + " -deststoretype PKCS12”."));
        } else if (begins(bytes, 'P', 'K', 3, 4) || begins(bytes, 0x1F, 0x8B) || begins(bytes, '7', 'z', 0xBC, 0xAF)) {
            contents.form("archive");
            contents.keystoreStaysLocked(
                    isOffice(bytes)
                            ? office()
                            : new Unreadable(
                                    "it is a compressed archive.",
                                    "the files that are in it.",
                                    "Unpack it, and give the certificate and the key from it."));
        } else if (begins(bytes, 0x30) && (!isText(bytes) || bytes.length < 3)) {
            asn1.read(bytes, "the file", Optional.empty(), contents);
        } else {
            byte[] text = utf8(bytes);
            try {
                text(text, contents, unwrapped);
            } finally {
                if (text != bytes) {
                    Arrays.fill(text, (byte) 0);
                }
            }
        }
    }

    private void text(byte[] text, Contents contents, boolean unwrapped) throws Unreadable {
        if (PemBlocks.in(text)) {
            contents.form("PEM");
            pem(PemBlocks.read(text, contents), contents);
            return;
        }
        byte[] base64 = unwrapped ? new byte[0] : bareBase64(text);
        if (base64.length > 0) {
            byte[] inner = Base64.getDecoder().decode(base64);
            Arrays.fill(base64, (byte) 0);
            try {
                contents.form("Base64");
                bytes(inner, contents, true);
            } finally {
                Arrays.fill(inner, (byte) 0);
            }
            return;
        }
        throw mistaken(new String(text, 0, Math.min(text.length, 4_000), StandardCharsets.UTF_8)
                .strip()
                .toLowerCase(Locale.ROOT));
    }

    private static Unreadable mistaken(String begin) {
        if (begin.startsWith("<!doctype") || begin.startsWith("<html") || begin.startsWith("<?xml")) {
            return new Unreadable(
                    "it is a web page, not a certificate: perhaps a login page that was saved in its place.",
                    "a certificate, a private key, or a file that holds them.",
                    "Download it again while you are logged in, and look into it before you send it.");
        }
        if (begin.startsWith("putty-user-key-file") || begin.startsWith("ssh-") || begin.startsWith("ecdsa-sha2")) {
            return ssh();
        }
        // kubectl writes the kind after the data, which may be long; “-----BEGIN” in Base64 is a sign, too
        if (begin.contains("apiversion") && (begin.contains("secret") || begin.contains("ls0tls1crudjti"))) {
            return new Unreadable(
                    "it is a Kubernetes Secret.",
                    "the certificate and the key that are in it.",
                    "Take them out: “kubectl get secret name -o jsonpath='{.data.tls\\.crt}' | base64 -d”, and the same"
                            + " for tls.key.");
        }
        if (begin.contains("begin certificate") || begin.contains("private key")) {
            return new Unreadable(
                    "the dashes around its blocks were changed or left out.",
                    "lines like “-----BEGIN CERTIFICATE-----”, with five plain hyphens on each side.",
                    "Send the file itself, or copy its text from a plain editor: word processors and chats change dashes.");
        }
        if (begin.startsWith("certificate:")) {
            return new Unreadable(
                    "it describes a certificate in words, without the certificate itself.",
                    "a block that begins with “-----BEGIN CERTIFICATE-----”.",
                    "Send the file that the description was made from: “openssl x509 -in file -text” without “-noout” writes"
                            + " both.");
        }
        return new Unreadable(
                "there is no certificate and no key in it.",
                "text with a line “-----BEGIN CERTIFICATE-----” or “-----BEGIN PRIVATE KEY-----”, or a file in the form"
                        + " DER, PKCS#7, PKCS#12 or JKS.",
                "Choose the file that your certificate authority sent you, or copy its text with the lines of dashes.");
    }

    /** Office documents are ZIP archives that begin with these entries. */
    private static boolean isOffice(byte[] bytes) {
        String begin = new String(bytes, 0, Math.min(bytes.length, 200), StandardCharsets.ISO_8859_1);
        return begin.contains("[Content_Types].xml") || begin.contains("_rels/.rels") || begin.contains("mimetype");
    }

    private static Unreadable office() {
        return new Unreadable(
                "it is a document of an office program, such as Word or Excel.",
                "a certificate, a private key, or a file that holds them.",
                "Choose the file that your certificate authority sent you. If its text stands in the document, copy it"
                        + " from there and paste it.");
    }

    private static Unreadable ssh() {
        return new Unreadable(
                "it is a key for SSH.",
                "the private key that belongs to a certificate for TLS.",
                "Choose the key that the certificate's signing request was made with. If it is this one, convert it:"
                        + " “ssh-keygen -p -m PKCS8 -f file”.");
    }

    private void pem(List<PemBlocks.Block> blocks, Contents contents) {
        Optional<ASN1ObjectIdentifier> curve = Optional.empty();
        for (PemBlocks.Block block : blocks) {
            try {
                if (block.label().equals("EC PARAMETERS")) {
                    curve = curve(block.content());
                } else {
                    block(block, curve, contents);
                }
            } catch (Unreadable problem) {
                boolean key = block.label().endsWith("PRIVATE KEY");
                if (key) {
                    contents.keyStaysLocked(problem);
                } else {
                    contents.problem(problem);
                }
            } finally {
                Arrays.fill(block.content(), (byte) 0);
            }
        }
    }

    private void block(PemBlocks.Block block, Optional<ASN1ObjectIdentifier> curve, Contents contents)
            throws Unreadable {
        String label = block.label();
        if (block.headers().getOrDefault("Proc-Type", "").contains("ENCRYPTED")) {
            legacy(block, contents);
        } else if (label.equals("TRUSTED CERTIFICATE")) {
            contents.add(asn1.x509(Asn1Reader.first(block.content(), block.name()), block.name()));
        } else if (label.endsWith("PARAMETERS") || label.endsWith("CRL") || label.endsWith("PUBLIC KEY")) {
            contents.ignore(block.name() + ", " + block.quotedLabel());
        } else if (label.endsWith("CERTIFICATE REQUEST")) {
            contents.ignore(block.name() + ", a certificate request");
        } else if (label.startsWith("OPENSSH") || label.startsWith("SSH2")) {
            throw ssh();
        } else {
            asn1.read(block.content(), block.name(), curve, contents);
        }
    }

    private static Optional<ASN1ObjectIdentifier> curve(byte[] der) {
        try {
            return Optional.of(ASN1ObjectIdentifier.getInstance(der));
        } catch (RuntimeException e) {
            // explicit parameters; the key has them too, and is refused because of them
            return Optional.empty();
        }
    }

    /**
     * Reads a key in OpenSSL's encryption before PKCS#8: {@code Proc-Type} and {@code DEK-Info} (RFC 1421 section 4.6).
     */
    private void legacy(PemBlocks.Block block, Contents contents) throws Unreadable {
        if (passphrase.isEmpty()) {
            throw Unreadable.passphraseRequired("the private key");
        }
        StringWriter clean = new StringWriter();
        try (PemWriter writer = new PemWriter(clean)) {
            writer.writeObject(new PemObject(
                    block.label(),
                    List.of(
                            new PemHeader("Proc-Type", "4,ENCRYPTED"),
                            new PemHeader("DEK-Info", block.headers().getOrDefault("DEK-Info", ""))),
                    block.content()));
            writer.flush();
            PEMParser parser = new PEMParser(new StringReader(clean.toString()));
            if (!(parser.readObject() instanceof PEMEncryptedKeyPair pair)) {
                throw Asn1Reader.damaged(block.name());
            }
            PEMKeyPair opened = pair.decryptKeyPair(new JcePEMDecryptorProviderBuilder()
                    .setProvider(bouncyCastle.provider())
                    .build(passphrase.characters()));
            PrivateKeyInfo key = opened.getPrivateKeyInfo();
            contents.form("PEM");
            contents.add(PrivateKeys.normalised(key, budget));
        } catch (IOException | RuntimeException e) {
            throw Unreadable.passphraseWrong("the private key");
        }
    }

    /**
     * Decodes text that is nothing but Base64, such as a certificate's body without the BEGIN and END lines; empty if
     * it is not.
     */
    private static byte[] bareBase64(byte[] text) {
        byte[] bare = new byte[text.length];
        int length = 0;
        for (byte each : text) {
            boolean blank = each == ' ' || each == '\t' || each == '\r' || each == '\n';
            if (blank) {
                continue;
            }
            if (!Character.isLetterOrDigit(each & 0xff) && each != '+' && each != '/' && each != '=' || each < 0) {
                return new byte[0];
            }
            bare[length++] = each;
        }
        while (length > 0 && bare[length - 1] == '=') {
            length--;
        }
        boolean padded = length % 4 == 1;
        for (int i = 0; i < length; i++) {
            padded |= bare[i] == '=';
        }
        byte[] exact = length < 40 || padded ? new byte[0] : Arrays.copyOf(bare, length);
        Arrays.fill(bare, (byte) 0);
        return exact;
    }

    /** Returns the text as UTF-8 without its byte order mark: some editors and shells of Windows write UTF-16. */
    private static byte[] utf8(byte[] bytes) {
        if (begins(bytes, 0xEF, 0xBB, 0xBF)) {
            return Arrays.copyOfRange(bytes, 3, bytes.length);
        }
        if (begins(bytes, 0xFF, 0xFE)) {
            return transcoded(bytes, 2, StandardCharsets.UTF_16LE);
        }
        if (begins(bytes, 0xFE, 0xFF)) {
            return transcoded(bytes, 2, StandardCharsets.UTF_16BE);
        }
        if (begins(bytes, '-', 0, '-', 0)) {
            return transcoded(bytes, 0, StandardCharsets.UTF_16LE);
        }
        return bytes;
    }

    private static byte[] transcoded(byte[] bytes, int from, Charset charset) {
        CharBuffer characters = charset.decode(ByteBuffer.wrap(bytes, from, bytes.length - from));
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(characters);
        byte[] text = new byte[encoded.remaining()];
        encoded.get(text);
        Arrays.fill(characters.array(), '\0');
        Arrays.fill(encoded.array(), (byte) 0);
        return text;
    }

    private static boolean isText(byte[] bytes) {
        for (byte each : bytes) {
            if (each < ' ' && each != '\n' && each != '\r' && each != '\t') {
                return false;
            }
        }
        return true;
    }

    private static boolean begins(byte[] bytes, int... magic) {
        if (bytes.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
