package io.waypass.sandbox;

import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.certificate.Circumstances;
import io.waypass.certificate.Judgement;
import io.waypass.certificate.Part;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.KeyType;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Benchmark: cost of validating a PKCS#12 file with an RSA-2048 key and a chain of three, beyond the key derivation
 * that the file itself requires. The file is as Java's keytool writes it: 10,000 rounds each for its MAC, its key and
 * its certificates. It measures in this process, and over the API of a sandbox if one runs.
 */
public final class CertificateIntakeTime {

    private static final String PASSPHRASE = "correct horse battery";
    private static final int ROUNDS = 10_000;
    private static final int WARM_UP = 300;
    private static final int COUNTED = 300;

    private CertificateIntakeTime() {}

    private interface Work {
        void run() throws IOException;
    }

    private record Times(double median, double most, double slowest) {
        static Times of(Work work, int warmUp, int counted) throws IOException {
            for (int i = 0; i < warmUp; i++) {
                work.run();
            }
            double[] millis = new double[counted];
            for (int i = 0; i < counted; i++) {
                long begin = System.nanoTime();
                work.run();
                millis[i] = (System.nanoTime() - begin) / 1e6;
            }
            Arrays.sort(millis);
            return new Times(millis[counted / 2], millis[counted * 95 / 100], millis[counted - 1]);
        }

        String row(String what) {
            return "| %s | %.1f ms | %.1f ms | %.1f ms |".formatted(what, median, most, slowest);
        }
    }

    /**
     * Runs the measurement. System property: {@code sandbox.dir}.
     *
     * @throws IOException if the sandbox's files cannot be read
     */
    public static void main(String[] args) throws IOException {
        TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Partner Root");
        byte[] keystore = TestCertificateAuthority.root("CN=Client Root")
                .intermediate("CN=Policy CA")
                .intermediate("CN=Issuing CA")
                .issue(Wish.client("CN=team-namespace.timed").withKey(KeyType.RSA_2048))
                .pkcs12(PASSPHRASE);
        CertificateIntake intake = new CertificateIntake(Clock.systemUTC());

        Times derivation = Times.of(CertificateIntakeTime::derive, WARM_UP, COUNTED);
        Times judging = Times.of(() -> judge(intake, keystore, partner), WARM_UP, COUNTED);
        System.out.println("PKCS#12 of " + keystore.length + " bytes, " + COUNTED + " times after " + WARM_UP
                + " that do not count, Java " + Runtime.version());
        System.out.println("| what | median | 95 % within | slowest |");
        System.out.println("| --- | --- | --- | --- |");
        System.out.println(derivation.row("the key derivation alone (3 × 10,000 rounds)"));
        System.out.println(judging.row("judging, derivation included"));
        System.out.println(
                "Beyond the derivation: %.1f ms at the median.".formatted(judging.median() - derivation.median()));
        overTheApi(keystore, partner, derivation);
    }

    private static void overTheApi(byte[] keystore, TestCertificateAuthority partner, Times derivation)
            throws IOException {
        Path file = Path.of(System.getProperty("sandbox.dir", ".waypass")).resolve("sandbox.json");
        if (!Files.exists(file)) {
            System.out.println("No sandbox runs (" + file + " is not there), so the API was not measured.");
            return;
        }
        JsonNode sandbox = JsonMapper.shared().readTree(Files.readString(file));
        URI address = URI.create(sandbox.path("address").asString());
        if (!answers(address)) {
            System.out.println("No sandbox runs (nobody answers at " + address + "), so the API was not measured.");
            return;
        }
        Map<String, String> body = Map.of(
                "pkcs12", Base64.getEncoder().encodeToString(keystore),
                "passphrase", PASSPHRASE,
                "caBundle", partner.certificatePem());
        try (PortalApi member =
                new PortalApi(address, ApprovalToApplied.token(sandbox, SandboxPerson.MEMBER), _ -> {})) {
            Times calls = Times.of(
                    () -> {
                        JsonNode answer =
                                member.post("/certificates/inspection", body).body();
                        if (!answer.path("errors").isEmpty()) {
                            throw new IOException("the file was refused: " + answer.path("errors"));
                        }
                    },
                    WARM_UP,
                    COUNTED);
            System.out.println(calls.row("one call of the API, derivation included"));
            System.out.println(
                    "Beyond the derivation: %.1f ms at the median.".formatted(calls.median() - derivation.median()));
        }
    }

    private static boolean answers(URI address) {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** The key derivation that the file requires, with the same library and nothing else. */
    private static void derive() {
        PKCS12ParametersGenerator mac = new PKCS12ParametersGenerator(new SHA256Digest());
        mac.init(PBEParametersGenerator.PKCS12PasswordToBytes(PASSPHRASE.toCharArray()), new byte[20], ROUNDS);
        mac.generateDerivedMacParameters(256);
        for (int i = 0; i < 2; i++) {
            PKCS5S2ParametersGenerator key = new PKCS5S2ParametersGenerator(new SHA256Digest());
            key.init(PASSPHRASE.getBytes(StandardCharsets.UTF_8), new byte[20], ROUNDS);
            key.generateDerivedParameters(256);
        }
    }

    private static void judge(CertificateIntake intake, byte[] keystore, TestCertificateAuthority partner)
            throws IOException {
        try (CertificateSubmission submission = new CertificateSubmission(
                        List.of(Part.file(Part.Field.PKCS12, "app.p12", keystore.clone())),
                        List.of(Part.text(Part.Field.CA_BUNDLE, partner.certificatePem())),
                        PASSPHRASE.toCharArray());
                Judgement judgement = intake.judge(submission, Circumstances.NONE)) {
            if (judgement.credential().isEmpty()) {
                throw new IOException("the file was refused: " + judgement.errors());
            }
        }
    }
}
