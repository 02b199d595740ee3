package io.waypass.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.KeyType;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TestCertificateAuthorityTests {

    private final TestCertificateAuthority root = TestCertificateAuthority.root("CN=Client Root");

    private final TestCertificateAuthority issuing = root.intermediate("CN=Client Issuing");

    @ParameterizedTest
    @EnumSource(
            value = KeyType.class,
            names = {"RSA_2048", "EC_P256", "EC_P384", "ED25519"})
    void issuesWhatTheJdkAccepts(KeyType keyType) throws GeneralSecurityException {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1").withKey(keyType));

        assertThat(app1.chain())
                .extracting(each -> each.getSubjectX500Principal().getName())
                .containsExactly("CN=team-namespace.app1", "CN=Client Issuing");
        assertThatCode(() -> validate(app1)).doesNotThrowAnyException();
        assertThat(belongTogether(app1, keyType)).isTrue();
    }

    @Test
    void issuesWhatIsNotValidNow() {
        Issued expired = issuing.issue(Wish.client("CN=app1").expired());
        Issued early = issuing.issue(Wish.client("CN=app1").notYetValid());

        assertThatThrownBy(() -> validate(expired)).hasRootCauseInstanceOf(CertificateExpiredException.class);
        assertThatThrownBy(() -> validate(early)).hasRootCauseInstanceOf(CertificateNotYetValidException.class);
    }

    @Test
    void pairsACertificateWithTheKeyOfAnother() throws GeneralSecurityException {
        Issued app1 = issuing.issue(Wish.client("CN=app1"));
        Issued app2 = issuing.issue(Wish.client("CN=app2"));

        assertThat(belongTogether(app1.withKeyOf(app2), KeyType.EC_P256)).isFalse();
    }

    @Test
    void handsItselfOutAsALeaf() {
        assertThat(issuing.asLeaf().certificate().getBasicConstraints()).isNotNegative();
        assertThat(issuing.asLeaf().chain()).containsExactly(issuing.certificate());
    }

    @Test
    void packsKeyAndChainIntoPkcs12() throws Exception {
        Issued app1 = issuing.issue(Wish.client("CN=app1"));

        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(app1.pkcs12("a passphrase")), "a passphrase".toCharArray());

        assertThat(store.getKey("client", "a passphrase".toCharArray())).isEqualTo(app1.key());
        assertThat(store.getCertificateChain("client")).containsExactlyElementsOf(app1.chain());
    }

    @Test
    void readsARootThatItWrote() {
        TestCertificateAuthority read = TestCertificateAuthority.read(root.certificatePem(), root.keyPem());

        assertThatCode(() -> validate(read.issue(Wish.client("CN=app1")))).doesNotThrowAnyException();
    }

    private void validate(Issued issued) throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root.certificate(), null)));
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(issued.chain()), parameters);
    }

    private static boolean belongTogether(Issued issued, KeyType keyType) throws GeneralSecurityException {
        String algorithm = switch (keyType) {
            case RSA_1024, RSA_2048 -> "SHA256withRSA";
            case EC_P256, EC_P384 -> "SHA256withECDSA";
            case ED25519 -> "Ed25519";
        };
        PrivateKey key = issued.key();
        X509Certificate certificate = issued.certificate();
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update((byte) 7);
        Signature checking = Signature.getInstance(algorithm);
        checking.initVerify(certificate);
        checking.update((byte) 7);
        return checking.verify(signing.sign());
    }
}
