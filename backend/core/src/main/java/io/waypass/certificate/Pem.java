package io.waypass.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** Reading and writing PEM (RFC 7468). Its exceptions never carry the input. */
final class Pem {

    /** The text is not what it should be. The message names the block and what is wrong with it, never its content. */
    static final class Unreadable extends Exception {
        Unreadable(String message) {
            super(message, null, false, false);
        }
    }

    private Pem() {}

    /** Every certificate in the text, in its order; other blocks are an error that names them. */
    static List<X509Certificate> certificates(String text) throws Unreadable {
        List<X509Certificate> certificates = new ArrayList<>();
        int number = 0;
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
                number++;
                if (block.getType().contains("PRIVATE KEY")) {
                    throw new Unreadable("block " + number + " is a private key, which does not belong here");
                }
                if (!block.getType().equals("CERTIFICATE")) {
                    throw new Unreadable(
                            "block " + number + " is a “" + shown(block.getType()) + "”, not a certificate");
                }
                certificates.add(certificate(block.getContent(), number));
            }
        } catch (IOException | RuntimeException e) {
            throw new Unreadable("block " + (number + 1) + " is damaged: it does not end, or its Base64 is broken");
        }
        return certificates;
    }

    private static X509Certificate certificate(byte[] der, int number) throws Unreadable {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new Unreadable("block " + number + " is marked as a certificate but holds none");
        }
    }

    /** The one private key in the text, as unencrypted PKCS#8 (DER). */
    static PrivateKeyMaterial privateKey(String text) throws Unreadable {
        if (text.contains("ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
            throw new Unreadable("the key is protected by a passphrase, which this version cannot take yet;"
                    + " “openssl pkey -in key.pem -out plain.pem” writes it without");
        }
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                if (block instanceof PrivateKeyInfo info) {
                    return new PrivateKeyMaterial(info.getEncoded());
                }
                if (block instanceof PEMKeyPair pair) {
                    return new PrivateKeyMaterial(pair.getPrivateKeyInfo().getEncoded());
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new Unreadable("the block is damaged: it does not end, or what it holds is no private key");
        }
        throw new Unreadable("there is no private key in it");
    }

    static String write(List<X509Certificate> certificates) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            for (X509Certificate certificate : certificates) {
                writer.writeObject(new PemObject("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("a parsed certificate could not be written", e);
        }
        return text.toString().replace("\r\n", "\n");
    }

    private static String shown(String type) {
        return type.length() > 40 ? type.substring(0, 40) + "…" : type;
    }
}
