package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.waypass.certificate.HostileFiles.Hostile;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * A hostile file asks for no more work than {@link WorkBounds} allow and for no more than 32 MiB, whatever it holds, and then it
 * gets a finding. No time is judged: a slow machine computes the same.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CertificateBoundsTests {

    private static final double MOST_MIB = 32;

    private static final Pattern KEYS = Pattern.compile("(\\d+) private keys? \\(");

    private static final TestCertificateAuthority AUTHORITY = TestCertificateAuthority.root("CN=Root");
    private static final Issued ISSUED = AUTHORITY.issue(Wish.client("CN=team-namespace.app1"));
    private static final byte[] GOOD = ascii(ISSUED.chainPem() + ISSUED.keyPem());
    private static final byte[] PARTNER = ascii(AUTHORITY.certificatePem());

    private static final List<Hostile> FILES = HostileFiles.all();

    private final List<String> measured = new ArrayList<>();
    private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final WorkMeter meter = WorkMeter.open();
    private final CertificateIntake intake = new CertificateIntake(Clock.systemUTC(), meter.bouncyCastle());

    /** For {@code docs/benchmarks.md}; the times are judged nowhere. */
    @AfterAll
    void writeWhatWasMeasured() throws IOException {
        meter.close();
        Files.write(
                Path.of("target/hostile-files.txt"),
                measured.stream().sorted(Comparator.reverseOrder()).toList());
    }

    @Test
    void whatIsGivenBesideAHostileFileIsGood() {
        try (Judgement judgement = judge(List.of(GOOD), List.of(PARTNER), "")) {
            assertThat(judgement.errors()).isEmpty();
        }
    }

    @TestFactory
    Stream<DynamicTest> aHostileFileCostsLittleAndGetsAFinding() throws Exception {
        return FILES.stream()
                .map(file -> DynamicTest.dynamicTest(file.name(), () -> {
                    assertThat(Stream.concat(file.client().stream(), file.caBundle().stream()))
                            .as("sizes that are read")
                            .allMatch(each -> each.length <= Part.MAX_BYTES);
                    double millis = Double.MAX_VALUE;
                    double mib = Double.MAX_VALUE;
                    List<Work> works = new ArrayList<>();
                    // the first run loads classes, and parses certificates that the platform remembers afterwards
                    for (int i = 0; i < 2; i++) {
                        long cpu = thread.getCurrentThreadCpuTime();
                        long bytes = thread.getCurrentThreadAllocatedBytes();
                        works.add(meter.of(() -> refused(file)));
                        millis = Math.min(millis, (thread.getCurrentThreadCpuTime() - cpu) / 1e6);
                        mib = Math.min(mib, (thread.getCurrentThreadAllocatedBytes() - bytes) / 1024.0 / 1024);
                    }
                    measured.add(String.format(
                            Locale.ROOT, "%7.1f ms %5.1f MiB  %s: %s", millis, mib, file.name(), works.getFirst()));
                    assertThat(works).allSatisfy(WorkBounds::hold);
                    assertThat(mib).as("MiB allocated").isLessThan(MOST_MIB);
                }));
    }

    @TestFactory
    Stream<DynamicTest> eachByteOfATextIsScannedAFewTimes() throws Exception {
        return FILES.stream()
                .map(file -> DynamicTest.dynamicTest(file.name(), () -> {
                    for (byte[] text : file.client()) {
                        PemBlocks blocks = new PemBlocks(text);
                        blocks.blocks(new Contents());
                        assertThat(blocks.scanned()).as("bytes scanned").isLessThanOrEqualTo(8L * text.length);
                    }
                }));
    }

    @Test
    void aPartThatIsTooLargeIsNotRead() {
        byte[] large = new byte[8 * 1024 * 1024];
        Arrays.fill(large, (byte) 0x30);
        judge(List.of(large, GOOD), List.of(PARTNER), "").close();
        long bytes = thread.getCurrentThreadAllocatedBytes();

        Judgement judgement = judge(List.of(large, GOOD), List.of(PARTNER), "");

        assertThat(judgement.errors().getFirst().found()).isEqualTo("it is 8192 KiB large.");
        assertThat(thread.getCurrentThreadAllocatedBytes() - bytes).isLessThan(1024 * 1024);
    }

    /** What is missing beside the file is given, so that what is found is found in the file. */
    private void refused(Hostile file) {
        try (Judgement judgement = file.client().isEmpty()
                ? judge(List.of(GOOD), file.caBundle(), file.passphrase())
                : judge(
                        Stream.concat(file.client().stream(), Stream.of(GOOD)).toList(),
                        List.of(PARTNER),
                        file.passphrase())) {
            assertThat(judgement.errors()).isNotEmpty();
            assertThat(privateKeys(judgement))
                    .as("private keys taken")
                    .isLessThanOrEqualTo(WorkBounds.MOST_PRIVATE_KEYS);
        }
    }

    /** How many were normalised, for which a point of an elliptic curve is computed. */
    private static int privateKeys(Judgement judgement) {
        return judgement.recognised().stream()
                .flatMap(each -> KEYS.matcher(each.holds()).results())
                .mapToInt(each -> Integer.parseInt(each.group(1)))
                .sum();
    }

    private Judgement judge(List<byte[]> client, List<byte[]> caBundle, String passphrase) {
        return intake.judge(
                new CertificateSubmission(
                        parts(Part.Field.CHAIN, client),
                        parts(Part.Field.CA_BUNDLE, caBundle),
                        passphrase.toCharArray()),
                Circumstances.NONE);
    }

    private static List<Part> parts(Part.Field field, List<byte[]> files) {
        return files.stream().map(file -> Part.file(field, "hostile", file)).toList();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
