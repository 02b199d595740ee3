package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.KeyType;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PBMAC1Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS12PfxPduBuilder;
import org.bouncycastle.pkcs.bc.BcPKCS12PBMac1CalculatorBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS12SafeBagBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateIntakeTests {

    private final TestCertificateAuthority root = TestCertificateAuthority.root("CN=Client Root");
    private final TestCertificateAuthority issuing = root.intermediate("CN=Client CA 2");
    private final TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Partner Root");
    private final CertificateIntake intake = new CertificateIntake(Clock.systemUTC());

    @ParameterizedTest
    @EnumSource(value = KeyType.class, mode = EnumSource.Mode.EXCLUDE, names = "RSA_1024")
    void acceptsAChainWithItsKeyAndThePartnersCa(KeyType keyType) {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1").withKey(keyType));

        Judgement judgement = judge(app1.chainPem(), app1.keyPem(), partner.certificatePem());

        assertThat(judgement.errors()).isEmpty();
        assertThat(judgement.credential()).isPresent();
        CertificateFacts facts = judgement.facts().orElseThrow();
        assertThat(facts.subject()).isEqualTo("CN=team-namespace.app1");
        assertThat(facts.issuer()).isEqualTo("CN=Client CA 2");
        assertThat(facts.chainSubjects()).containsExactly("CN=team-namespace.app1", "CN=Client CA 2");
        assertThat(facts.caSubjects()).containsExactly("CN=Partner Root");
        assertThat(facts.fingerprint()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
    }

    @Test
    void putsTheLeafFirstWhateverTheOrder() {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1"));
        String reversed = TestCertificateAuthority.pem(app1.chain().reversed());

        Judgement judgement = judge(reversed, app1.keyPem(), partner.certificatePem());

        assertThat(judgement.credential().orElseThrow().chainPem()).isEqualTo(app1.chainPem());
    }

    @Test
    void acceptsTextAroundTheBlocksAndWindowsLineEnds() {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1"));
        String text = ("Bag Attributes\n    friendlyName: app1\n" + app1.chainPem()).replace("\n", "\r\n");

        assertThat(judge(text, app1.keyPem().replace("\n", "\r\n"), partner.certificatePem())
                        .errors())
                .isEmpty();
    }

    @Test
    void saysEverythingThatIsMissingAtOnce() {
        assertThat(codes(judge("", "", ""))).containsExactlyInAnyOrder("chain.missing", "key.missing", "ca.missing");
    }

    @Test
    void namesTheCertificateThatTheKeyDoesBelongTo() {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1"));

        Judgement judgement = judge(app1.chainPem(), issuing.keyPem(), partner.certificatePem());

        assertThat(codes(judgement)).containsExactly("key.mismatch");
        assertThat(judgement.errors().getFirst().found()).isEqualTo("it is the key of CN=Client CA 2.");
        assertThat(judgement.credential()).isEmpty();
    }

    @Test
    void refusesTheKeyOfAnotherCertificate() {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1"));
        Issued app2 = issuing.issue(Wish.client("CN=team-namespace.app2").withKey(KeyType.RSA_2048));

        assertThat(codes(judge(app1.chainPem(), app2.keyPem(), partner.certificatePem())))
                .containsExactly("key.mismatch");
    }

    @Test
    void refusesAChainWhoseIssuerOnlySharesTheName() {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1"));
        TestCertificateAuthority impostor = root.intermediate("CN=Client CA 2");
        String chain = TestCertificateAuthority.pem(List.of(app1.certificate(), impostor.certificate()));

        assertThat(codes(judge(chain, app1.keyPem(), partner.certificatePem()))).containsExactly("chain.broken");
    }

    @Test
    void refusesACertificateThatIsNoPartOfTheChain() {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1"));
        String chain = app1.chainPem() + partner.certificatePem();

        assertThat(codes(judge(chain, app1.keyPem(), partner.certificatePem()))).containsExactly("chain.unrelated");
    }

    @Test
    void refusesWhatIsNotValidToday() {
        Instant now = Instant.now();
        Issued expired = issuing.issue(
                Wish.client("CN=old").valid(now.minus(Duration.ofDays(9)), now.minus(Duration.ofDays(1))));
        Issued early =
                issuing.issue(Wish.client("CN=new").valid(now.plus(Duration.ofDays(1)), now.plus(Duration.ofDays(9))));

        assertThat(codes(judge(expired.chainPem(), expired.keyPem(), partner.certificatePem())))
                .containsExactly("leaf.expired");
        assertThat(codes(judge(early.chainPem(), early.keyPem(), partner.certificatePem())))
                .containsExactly("leaf.not-yet-valid");
    }

    @Test
    void warnsOfWhatExpiresSoonAndAcceptsIt() {
        Instant now = Instant.now();
        Issued soon = issuing.issue(
                Wish.client("CN=soon").valid(now.minus(Duration.ofDays(9)), now.plus(Duration.ofDays(9))));

        Judgement judgement = judge(soon.chainPem(), soon.keyPem(), partner.certificatePem());

        assertThat(judgement.warnings()).extracting(Finding::code).containsExactly("leaf.expires-soon");
        assertThat(judgement.credential()).isPresent();
    }

    @Test
    void namesTheBlockThatCannotBeRead() {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1"));
        String damaged = app1.chainPem() + "-----BEGIN CERTIFICATE-----\nAAAA\n";

        Judgement judgement = judge(damaged, app1.keyPem(), "no PEM at all");

        assertThat(codes(judgement)).containsExactly("input.unreadable", "input.unreadable");
        assertThat(judgement.errors().getFirst().found()).startsWith("block 3 (line 23) does not end");
    }

    @Test
    void neverQuotesAPrivateKeyThatWasGivenInTheWrongPlace() {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1"));

        Judgement judgement = judge(app1.keyPem() + app1.chainPem(), app1.chainPem(), app1.keyPem());

        assertThat(judgement.errors()).isNotEmpty();
        KeyText.of(app1.keyPem()).isNotQuotedBy(judgement);
    }

    @Test
    void neverQuotesAPrivateKeyThatRanIntoTheLineBeforeIt() {
        KeyText key =
                KeyText.of(issuing.issue(Wish.client("CN=team-namespace.app1").withKey(KeyType.ED25519))
                        .keyPem());
        String body = key.base64();

        for (String text : List.of(
                "-----BEGIN " + body + "-----\n-----END PRIVATE KEY-----\n",
                "-----BEGIN " + body + " PUBLIC KEY-----\nAAAA\n-----END " + body + " PUBLIC KEY-----\n",
                "-----BEGIN P----" + body + "-----END PRIVATE KEY-----\n")) {
            Judgement judgement = intake.judge(
                    CertificateSubmission.of(
                            issuing.issue(Wish.client("CN=team-namespace.app1").withKey(KeyType.EC_P256))
                                            .chainPem()
                                    + text,
                            "",
                            partner.certificatePem()),
                    Circumstances.NONE);

            key.isNotQuotedBy(judgement);
        }
    }

    @Test
    void refusesAnRsaKeyWhosePrivateExponentDoesNotFitAsBoringSslDoes() throws Exception {
        Issued issued = issuing.issue(Wish.client("CN=team-namespace.app1").withKey(KeyType.RSA_2048));
        RSAPrivateKey key = RSAPrivateKey.getInstance(
                PrivateKeyInfo.getInstance(issued.key().getEncoded()).parsePrivateKey());
        byte[] changed = new RSAPrivateKey(
                        key.getModulus(),
                        key.getPublicExponent(),
                        key.getPrivateExponent().flipBit(1),
                        key.getPrime1(),
                        key.getPrime2(),
                        key.getExponent1(),
                        key.getExponent2(),
                        key.getCoefficient())
                .getEncoded();

        Judgement judgement = intake.judge(
                new CertificateSubmission(
                        List.of(
                                Part.text(Part.Field.CHAIN, issued.chainPem()),
                                Part.file(Part.Field.PRIVATE_KEY, "changed.key", changed)),
                        List.of(Part.text(Part.Field.CA_BUNDLE, partner.certificatePem())),
                        new char[0]),
                Circumstances.NONE);

        assertThat(judgement.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.found()).contains("its numbers do not fit together"));
    }

    /** What {@code openssl pkcs12 -pbmac1_pbkdf2} of OpenSSL 3.4 and later writes; older ones cannot. */
    @ParameterizedTest
    @ValueSource(strings = {"right one", "Pässwört €", ""})
    void readsAKeystoreWhoseMacIsPbmac1(String passphrase) throws Exception {
        Issued issued = issuing.issue(Wish.client("CN=team-namespace.app1").withKey(KeyType.EC_P256));
        AlgorithmIdentifier hmac = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_hmacWithSHA256, DERNull.INSTANCE);
        PBMAC1Params pbmac1 = new PBMAC1Params(
                new AlgorithmIdentifier(
                        PKCSObjectIdentifiers.id_PBKDF2, new PBKDF2Params(new byte[16], 2048, 32, hmac)),
                hmac);
        byte[] keystore = new PKCS12PfxPduBuilder()
                .addData(new JcaPKCS12SafeBagBuilder(issued.chain().getFirst()).build())
                .addData(new JcaPKCS12SafeBagBuilder(issued.chain().get(1)).build())
                .addData(new JcaPKCS12SafeBagBuilder(issued.key()).build())
                .build(new BcPKCS12PBMac1CalculatorBuilder(pbmac1), passphrase.toCharArray())
                .getEncoded();

        assertThat(judge(keystore, passphrase).credential().orElseThrow().chainPem())
                .isEqualTo(issued.chainPem());
        assertThat(codes(judge(keystore, "wrong one"))).containsExactly("key.passphrase-wrong");
        if (!passphrase.isEmpty()) {
            assertThat(codes(judge(keystore, ""))).containsExactly("key.passphrase-required");
        }
    }

    @Test
    void refusesAPassphraseThatIsNone() {
        char[] tooLong = new char[Passphrase.MAX_LENGTH + 1];
        Arrays.fill(tooLong, 'p');
        Issued issued = issuing.issue(Wish.client("CN=team-namespace.app1").withKey(KeyType.EC_P256));

        Judgement judgement = intake.judge(
                new CertificateSubmission(
                        List.of(
                                Part.text(Part.Field.CHAIN, issued.chainPem()),
                                Part.text(Part.Field.PRIVATE_KEY, issued.keyPem())),
                        List.of(Part.text(Part.Field.CA_BUNDLE, partner.certificatePem())),
                        tooLong),
                Circumstances.NONE);

        assertThat(judgement.errors()).singleElement().satisfies(error -> {
            assertThat(error.part()).isEqualTo("passphrase");
            assertThat(error.message()).contains("1025 characters").doesNotContain("pppp");
        });
    }

    @Test
    void seesADamagedKeyWhereverItWasGiven() {
        Issued app1 = issuing.issue(Wish.client("CN=team-namespace.app1"));
        String damaged = app1.keyPem().replaceFirst("M", "N");

        for (Judgement judgement : List.of(
                judge(app1.chainPem(), damaged, partner.certificatePem()),
                judge(app1.chainPem() + damaged, "", partner.certificatePem()))) {
            assertThat(codes(judgement)).containsExactly("input.unreadable");
            assertThat(judgement.chain().orElseThrow().key()).isEqualTo(Chain.Key.UNUSABLE);
        }
    }

    @Test
    void factsNameTheHashOfAnRsaPssSignature() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        Instant now = Instant.now();
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                new X500Name("CN=root"),
                                BigInteger.ONE,
                                Date.from(now.minusSeconds(60)),
                                Date.from(now.plusSeconds(86_400)),
                                new X500Name("CN=app1"),
                                keys.getPublic())
                        .build(new JcaContentSignerBuilder("SHA384withRSAandMGF1")
                                .setProvider(BouncyCastle.LIBRARY.provider())
                                .build(keys.getPrivate())));

        Judgement judgement = judge(TestCertificateAuthority.pem(List.of(certificate)), "", partner.certificatePem());

        assertThat(judgement.facts().orElseThrow().signatureAlgorithm()).isEqualTo("RSASSA-PSS with SHA-384");
    }

    private Judgement judge(byte[] keystore, String passphrase) {
        return intake.judge(
                new CertificateSubmission(
                        List.of(Part.file(Part.Field.PKCS12, "keystore.p12", keystore)),
                        List.of(Part.text(Part.Field.CA_BUNDLE, partner.certificatePem())),
                        passphrase.toCharArray()),
                Circumstances.NONE);
    }

    private Judgement judge(String chain, String key, String ca) {
        return intake.judge(CertificateSubmission.of(chain, key, ca), Circumstances.NONE);
    }

    private static List<String> codes(Judgement judgement) {
        return judgement.errors().stream().map(Finding::code).toList();
    }
}
