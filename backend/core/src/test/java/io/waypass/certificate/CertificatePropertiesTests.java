package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.fingerprint.Fingerprints;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.KeyType;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSAbsentContent;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEOutputEncryptorBuilder;

/** The same material is the same credential, however it is ordered, split and written. */
class CertificatePropertiesTests {

    private static final String PASSPHRASE = "correct horse";

    /** How one piece, a certificate or the key, may be written. */
    enum Writing {
        PEM,
        PEM_WITH_WINDOWS_LINE_ENDS,
        PEM_WITH_BYTE_ORDER_MARK,
        PEM_IN_UTF_16,
        PEM_ON_ONE_LINE,
        PEM_WITH_LINE_ENDS_WRITTEN_OUT,
        PEM_AFTER_TEXT,
        DER,
        BARE_BASE64,
        /** Certificates as PKCS#7, keys encrypted. */
        PACKED
    }

    /** How the pieces are given: their order, which of them share a part, and how each is written. */
    record Handing(List<Integer> order, List<Boolean> cuts, List<Writing> writings) {}

    /** Some characters of a text are replaced by others. */
    record Damage(int at, int length, String by) {
        String to(String text) {
            int from = Math.min(at, text.length());
            return text.substring(0, from) + by + text.substring(Math.min(text.length(), from + length));
        }
    }

    private final TestCertificateAuthority root = TestCertificateAuthority.root("CN=Client Root");
    private final TestCertificateAuthority issuing =
            root.intermediate("CN=Policy CA").intermediate("CN=Issuing CA");
    private final TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Partner Root");
    private final TestCertificateAuthority otherPartner = TestCertificateAuthority.root("CN=Another Partner Root");
    private final CertificateIntake intake = new CertificateIntake(Clock.systemUTC());
    private final Map<KeyType, Issued> issued = new EnumMap<>(KeyType.class);

    @Property(tries = 150)
    void anyOrderAnySplitAndAnyWritingGiveTheSameCredential(
            @ForAll("keyTypes") KeyType keyType, @ForAll("handings") Handing handing) {
        Issued material = issued(keyType);
        String expected = described(judge(plain(material)));

        assertThat(described(judge(parts(material, handing)))).isEqualTo(expected);
    }

    @Property(tries = 30)
    void aKeystoreGivesTheSameCredentialAsItsPieces(
            @ForAll("keyTypes") KeyType keyType, @ForAll("keystores") String type) {
        Issued material = issued(keyType);

        assertThat(described(judge(List.of(Part.file(Part.Field.PKCS12, "keystore", keystore(material, type))))))
                .isEqualTo(described(judge(plain(material))));
    }

    @Property(tries = 30)
    void aCaBundleIsTheSameInAnyOrderAndSplit(@ForAll boolean turned, @ForAll boolean split, @ForAll boolean repeated) {
        Issued material = issued(KeyType.EC_P256);
        List<String> bundle = new ArrayList<>(List.of(partner.certificatePem(), otherPartner.certificatePem()));
        if (repeated) {
            bundle.add(partner.certificatePem());
        }
        List<String> given = turned ? bundle.reversed() : bundle;
        List<String> texts = split ? given : List.of(String.join("", given));

        assertThat(described(judge(plain(material), texts)))
                .isEqualTo(described(
                        judge(plain(material), List.of(partner.certificatePem() + otherPartner.certificatePem()))));
    }

    @Property(tries = 400)
    void nothingOfAKeyIsQuotedHoweverItsTextWasDamaged(
            @ForAll("keyTypes") KeyType keyType,
            @ForAll("damages") List<Damage> damages,
            @ForAll boolean onOneLine,
            @ForAll Part.Field field) {
        String pem = issued(keyType).keyPem();
        String text = onOneLine ? pem.replace("\n", "") : pem;
        for (Damage damage : damages) {
            text = damage.to(text);
        }

        try (Judgement judgement =
                judge(List.of(Part.text(field, text + issued(keyType).chainPem())))) {
            KeyText.of(pem).isNotQuotedBy(judgement);
        }
    }

    @Provide
    Arbitrary<List<Damage>> damages() {
        Arbitrary<Integer> places = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 40), Arbitraries.integers().between(0, 2_000));
        Arbitrary<String> texts =
                Arbitraries.of("", "", "\n", " ", ":", "-", "-----", "-----BEGIN ", "ENCRYPTED ", "é");
        return Combinators.combine(places, Arbitraries.integers().between(0, 20), texts)
                .as(Damage::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    @Provide
    Arbitrary<KeyType> keyTypes() {
        return Arbitraries.of(KeyType.class).filter(type -> type != KeyType.RSA_1024);
    }

    @Provide
    Arbitrary<String> keystores() {
        return Arbitraries.of("PKCS12", "JKS");
    }

    @Provide
    Arbitrary<Handing> handings() {
        Arbitrary<List<Integer>> orders = Arbitraries.shuffle(0, 1, 2, 3);
        Arbitrary<List<Boolean>> cuts = Arbitraries.of(true, false).list().ofSize(3);
        Arbitrary<List<Writing>> writings = Arbitraries.of(Writing.class).list().ofSize(4);
        return Combinators.combine(orders, cuts, writings).as(Handing::new);
    }

    private Issued issued(KeyType keyType) {
        return issued.computeIfAbsent(
                keyType, type -> issuing.issue(Wish.client("CN=app1").withKey(type)));
    }

    private static List<Part> plain(Issued material) {
        return List.of(
                Part.text(Part.Field.CHAIN, material.chainPem()), Part.text(Part.Field.PRIVATE_KEY, material.keyPem()));
    }

    /** Pieces that are text may share a part; others stand alone. */
    private static List<Part> parts(Issued material, Handing handing) {
        List<Part> parts = new ArrayList<>();
        ByteArrayOutputStream open = new ByteArrayOutputStream();
        for (int i = 0; i < handing.order().size(); i++) {
            int piece = handing.order().get(i);
            Writing writing = handing.writings().get(piece);
            byte[] written =
                    piece < 3 ? certificate(material.chain().get(piece), writing) : key(material.key(), writing);
            boolean joins = writing == Writing.PEM
                    || writing == Writing.PEM_WITH_WINDOWS_LINE_ENDS
                    || writing == Writing.PEM_ON_ONE_LINE
                    || writing == Writing.PEM_AFTER_TEXT;
            if (!joins) {
                parts.add(Part.file(Part.Field.CHAIN, "piece-" + piece, written));
                continue;
            }
            open.writeBytes(written);
            if (i == handing.order().size() - 1 || handing.cuts().get(i)) {
                parts.add(Part.file(Part.Field.CHAIN, "text-" + i, open.toByteArray()));
                open.reset();
            }
        }
        if (open.size() > 0) {
            parts.add(Part.file(Part.Field.CHAIN, "rest", open.toByteArray()));
        }
        return parts;
    }

    private static byte[] certificate(X509Certificate certificate, Writing writing) {
        try {
            return writing == Writing.PACKED
                    ? pkcs7(certificate)
                    : written(certificate.getEncoded(), "CERTIFICATE", writing);
        } catch (GeneralSecurityException | CMSException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] pkcs7(X509Certificate certificate)
            throws GeneralSecurityException, CMSException, IOException {
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addCertificates(new JcaCertStore(List.of(certificate)));
        return generator.generate(new CMSAbsentContent(), false).getEncoded();
    }

    private static byte[] key(PrivateKey key, Writing writing) {
        try {
            return writing == Writing.PACKED
                    ? new JcaPKCS8EncryptedPrivateKeyInfoBuilder(key)
                            .build(new JcePKCSPBEOutputEncryptorBuilder(NISTObjectIdentifiers.id_aes256_CBC)
                                    .setProvider(BouncyCastle.LIBRARY.provider())
                                    .setIterationCount(10)
                                    .build(PASSPHRASE.toCharArray()))
                            .getEncoded()
                    : written(key.getEncoded(), "PRIVATE KEY", writing);
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] written(byte[] der, String label, Writing writing) {
        String pem = "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
        return switch (writing) {
            case PEM, PACKED -> utf8(pem);
            case PEM_WITH_WINDOWS_LINE_ENDS -> utf8(pem.replace("\n", "\r\n"));
            case PEM_WITH_BYTE_ORDER_MARK -> utf8("\ufeff" + pem);
            case PEM_IN_UTF_16 -> ("\ufeff" + pem).getBytes(StandardCharsets.UTF_16LE);
            case PEM_ON_ONE_LINE -> utf8(pem.replace("\n", " "));
            case PEM_WITH_LINE_ENDS_WRITTEN_OUT -> utf8(pem.replace("\n", "\\n"));
            case PEM_AFTER_TEXT -> utf8("Bag Attributes\n    friendlyName: app1\n" + pem + "\n   \n");
            case DER -> der;
            case BARE_BASE64 -> utf8(Base64.getEncoder().encodeToString(der) + "\n");
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] keystore(Issued material, String type) {
        try {
            KeyStore store = KeyStore.getInstance(type);
            store.load(null, null);
            store.setKeyEntry(
                    "client",
                    material.key(),
                    PASSPHRASE.toCharArray(),
                    material.chain().toArray(Certificate[]::new));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, PASSPHRASE.toCharArray());
            return bytes.toByteArray();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Judgement judge(List<Part> client) {
        return judge(client, List.of(partner.certificatePem()));
    }

    private Judgement judge(List<Part> client, List<String> caBundle) {
        return intake.judge(
                new CertificateSubmission(
                        client,
                        caBundle.stream()
                                .map(text -> Part.text(Part.Field.CA_BUNDLE, text))
                                .toList(),
                        PASSPHRASE.toCharArray()),
                Circumstances.NONE);
    }

    /** All that matters of a judgement; notes tell how the material was given, and may differ. */
    private static String described(Judgement judgement) {
        try (judgement) {
            assertThat(judgement.errors()).isEmpty();
            ClientCredential credential = judgement.credential().orElseThrow();
            return judgement.facts().orElseThrow() + "\n" + judgement.chain() + "\n" + credential.chainPem() + "\n"
                    + credential.caBundlePem() + "\n" + credential.fingerprints() + "\n"
                    + Fingerprints.sha256(credential.key().pkcs8()) + "\n"
                    + judgement.warnings().stream().map(Finding::code).collect(Collectors.joining(","));
        }
    }
}
