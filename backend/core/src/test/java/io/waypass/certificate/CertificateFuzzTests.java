package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * No input makes a reader fail: whatever comes in, findings come out, none of which quotes the passphrase. Each build runs
 * the seeds beside this class ({@link FuzzSeeds} made them); {@code docs/development.md} tells how to search for more.
 *
 * <p>No input asks for more work than {@link WorkBounds} allow. The bytes that may be allocated are those of an instrumented
 * run; {@code CertificateBoundsTests} holds the real limit.
 */
class CertificateFuzzTests {

    private static final String PASSPHRASE = "correct horse";
    private static final String WRONG = "battery staple";
    private static final long MOST_BYTES = 256L * 1024 * 1024;

    /** What makes the other half of a submission good, so that a good input makes a good submission. */
    private static final byte[] CLIENT = FuzzSeeds.client();

    private static final byte[] ROOT = FuzzSeeds.root();

    private static WorkMeter meter;

    private final CertificateIntake intake = new CertificateIntake(
            Clock.fixed(Instant.parse("2026-11-23T00:00:00Z"), ZoneOffset.UTC), meter.bouncyCastle());

    @BeforeAll
    static void countsWork() {
        meter = WorkMeter.open();
    }

    @AfterAll
    static void countsNoMore() {
        meter.close();
    }

    @Test
    void twoGoodHalvesMakeAGoodSubmission() {
        try (CertificateSubmission submission = new CertificateSubmission(
                        List.of(part(Part.Field.CHAIN, CLIENT)),
                        List.of(part(Part.Field.CA_BUNDLE, ROOT)),
                        new char[0]);
                Judgement judgement = intake.judge(submission, Circumstances.NONE)) {
            assertThat(judgement.credential()).isPresent();
        }
    }

    @FuzzTest(maxDuration = "10m")
    void aClientsPart(byte[] input) {
        within(() -> judge(List.of(part(Part.Field.CHAIN, input)), List.of(part(Part.Field.CA_BUNDLE, ROOT)), ""));
    }

    @FuzzTest(maxDuration = "10m")
    void aClientsPartWithAPassphrase(byte[] input) {
        within(() ->
                judge(List.of(part(Part.Field.PKCS12, input)), List.of(part(Part.Field.CA_BUNDLE, ROOT)), PASSPHRASE));
    }

    @FuzzTest(maxDuration = "10m")
    void aCaBundle(byte[] input) {
        within(() -> judge(List.of(part(Part.Field.CHAIN, CLIENT)), List.of(part(Part.Field.CA_BUNDLE, input)), ""));
    }

    @FuzzTest(maxDuration = "10m")
    void pemText(byte[] input) {
        within(() -> {
            Contents contents = new Contents();
            PemBlocks.read(input.clone(), contents)
                    .forEach(block -> assertThat(block.line()).isPositive());
            quoteNothing(contents);
        });
    }

    @FuzzTest(maxDuration = "10m")
    void anAsn1Structure(byte[] input) {
        within(() -> {
            Contents contents = new Contents();
            try {
                new Asn1Reader(new Passphrase(PASSPHRASE.toCharArray()), new IntakeBudget(), meter.bouncyCastle())
                        .read(input.clone(), "it", Optional.empty(), contents);
            } catch (Unreadable problem) {
                contents.problem(problem);
            }
            quoteNothing(contents);
        });
    }

    @FuzzTest(maxDuration = "10m")
    void aJavaKeystore(byte[] input) {
        within(() -> {
            Contents contents = new Contents();
            Passphrase passphrase = new Passphrase(PASSPHRASE.toCharArray());
            IntakeBudget budget = new IntakeBudget();
            new JksReader(passphrase, budget, new Asn1Reader(passphrase, budget, meter.bouncyCastle()))
                    .read(input.clone(), contents);
            quoteNothing(contents);
        });
    }

    @FuzzTest(maxDuration = "10m")
    void aWholeSubmission(FuzzedDataProvider input) {
        boolean right = input.consumeBoolean();
        int count = input.consumeInt(0, 4);
        List<Part> client = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            client.add(part(input.pickValue(Part.Field.values()), input.consumeBytes(16 * 1024)));
        }
        List<Part> caBundle = List.of(part(Part.Field.CA_BUNDLE, input.consumeRemainingAsBytes()));
        within(() -> judge(client, caBundle, right ? PASSPHRASE : WRONG));
    }

    private void judge(List<Part> client, List<Part> caBundle, String passphrase) {
        try (CertificateSubmission submission = new CertificateSubmission(client, caBundle, passphrase.toCharArray());
                Judgement judgement = intake.judge(submission, Circumstances.NONE)) {
            assertThat(judgement.toString()).doesNotContain(PASSPHRASE, WRONG);
            assertThat(judgement.credential().isPresent())
                    .isEqualTo(judgement.errors().isEmpty());
            judgement
                    .findings()
                    .forEach(finding -> assertThat(finding.message()).hasSizeLessThan(5_000));
        }
    }

    private static void quoteNothing(Contents contents) {
        contents.problems().forEach(problem -> assertThat(problem.getMessage()).doesNotContain(PASSPHRASE));
        assertThat(contents.holds()).isNotBlank();
    }

    private static Part part(Part.Field field, byte[] content) {
        return Part.file(field, "file", content.clone());
    }

    /** What an input allocates once may be the fuzzer's own growing; what it allocates twice is the input's. */
    private static void within(Runnable work) {
        if (allocated(work) >= MOST_BYTES) {
            assertThat(allocated(work)).as("bytes allocated, measured twice").isLessThan(MOST_BYTES);
        }
    }

    private static long allocated(Runnable work) {
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = thread.getCurrentThreadAllocatedBytes();
        WorkBounds.hold(meter.of(work));
        return thread.getCurrentThreadAllocatedBytes() - bytes;
    }
}
