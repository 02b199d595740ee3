package io.waypass.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;

/**
 * Reads Java's old keystore format (JKS). It is opened without a passphrase: the keystore's passphrase only protects
 * integrity, and each key has its own check.
 */
final class JksReader {

    private static final String WHAT = "the Java keystore";

    /** A key may have a passphrase other than the keystore's. */
    private static final String KEY = "the key in the Java keystore";

    private final Passphrase passphrase;
    private final IntakeBudget budget;
    private final Asn1Reader asn1;

    JksReader(Passphrase passphrase, IntakeBudget budget, Asn1Reader asn1) {
        this.passphrase = passphrase;
        this.budget = budget;
        this.asn1 = asn1;
    }

    void read(byte[] bytes, Contents contents) {
        contents.form("JKS");
        try {
            KeyStore store = KeyStore.getInstance("JKS");
            store.load(new ByteArrayInputStream(bytes), null);
            List<String> trusted = new ArrayList<>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    entry(store, alias, contents);
                } else {
                    trusted.add(alias);
                }
            }
            trusted.forEach(
                    alias -> contents.ignore("the trusted certificate “" + Names.shown(alias) + "” of the keystore"));
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            contents.keystoreStaysLocked(Asn1Reader.damaged(WHAT));
        }
    }

    private void entry(KeyStore store, String alias, Contents contents) throws GeneralSecurityException {
        Certificate[] chain = store.getCertificateChain(alias);
        try {
            for (Certificate certificate : chain == null ? new Certificate[0] : chain) {
                contents.add(asn1.x509(certificate.getEncoded(), "a certificate in the keystore"));
            }
        } catch (Unreadable problem) {
            contents.problem(problem);
        }
        try {
            Key key = store.getKey(alias, passphrase.characters());
            byte[] encoded = key == null ? null : key.getEncoded();
            if (encoded == null) {
                throw Asn1Reader.damaged("the key “" + Names.shown(alias) + "”");
            }
            contents.add(PrivateKeys.normalised(PrivateKeyInfo.getInstance(encoded), budget));
        } catch (UnrecoverableKeyException e) {
            contents.keyStaysLocked(
                    passphrase.isEmpty() ? Unreadable.passphraseRequired(KEY) : Unreadable.passphraseWrong(KEY));
        } catch (NoSuchAlgorithmException e) {
            contents.keyStaysLocked(Unreadable.keyUnsupported("the keystore's key is of an unknown kind."));
        } catch (Unreadable problem) {
            contents.keyStaysLocked(problem);
        }
    }
}
