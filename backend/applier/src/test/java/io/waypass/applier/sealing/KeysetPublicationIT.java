package io.waypass.applier.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.sealing.KeysetPublication.Standing;
import io.waypass.sealing.Sealer;
import io.waypass.sealing.SealingKeyId;
import io.waypass.sealing.SealingKeyset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class KeysetPublicationIT {

    private final SealedKeys keys = new SealedKeys();
    private final SealingKeyset old = SealingKeyset.generate();
    private final SealingKeyset added = old.withNewKey();
    private final SealingKeyset promoted = added.promoting(added.keys().getLast());
    private final SealingKeyset removed = promoted.without(old.primary());

    @Test
    void thePrimaryIsPublishedOnceAndTheTrailSaysByWhom() {
        KeysetPublication applier = keys.publication(old, false);

        applier.check();
        applier.check();

        assertThat(applier.standing()).isEqualTo(Standing.PUBLISHED);
        assertThat(published()).isEqualTo(old.primary());
        assertThat(keys.audited("sealing-key.published"))
                .singleElement()
                .satisfies(event -> assertThat(event)
                        .containsEntry("actor", "applier:sandbox")
                        .containsEntry("subject", "sandbox")
                        .containsEntry("key", old.primary().toString()));
    }

    @Test
    void eachStepOfARotationPublishesTheNewestPrimaryOfAllFilesAndNoApplierPushesItBack() {
        KeysetPublication oneOld = keys.publication(old, false);
        KeysetPublication oneAdded = keys.publication(added, false);
        live(3, oneOld, oneAdded);
        assertThat(published()).isEqualTo(old.primary());

        KeysetPublication onePromoted = keys.publication(promoted, false);
        live(3, oneAdded, onePromoted);
        assertThat(published()).isEqualTo(promoted.primary());
        assertThat(oneAdded.standing()).isEqualTo(Standing.BEHIND);
        assertThat(onePromoted.standing()).isEqualTo(Standing.PUBLISHED);

        KeysetPublication oneRemoved = keys.publication(removed, false);
        live(3, oneRemoved, onePromoted);
        assertThat(published()).isEqualTo(promoted.primary());
        assertThat(keys.audited("sealing-key.published"))
                .as("published once for each primary")
                .hasSize(2);
    }

    @Test
    void anApplierThatStartsWithTheFileFromBeforeThePromotionLeavesThePromotedKeyInPlace() {
        live(1, keys.publication(promoted, false));

        KeysetPublication late = keys.publication(added, false);
        live(3, late);

        assertThat(late.standing()).isEqualTo(Standing.BEHIND);
        assertThat(published()).isEqualTo(promoted.primary());
    }

    @Test
    void anOlderFileDoesNotPushBackANewerOneAndSaysWhatToDoUntilItIsResolved(CapturedOutput output) {
        live(1, keys.publication(promoted, false));
        KeysetPublication stale = keys.publication(old, false);
        stale.start();
        try {
            Awaitility.await().until(() -> stale.standing() == Standing.WITHHELD);
            assertThat(published()).isEqualTo(promoted.primary());
            Awaitility.await().until(() -> output.getOut().contains("is not in this applier's keyset file"));
            assertThat(output.getOut())
                    .contains("is key " + promoted.primary() + ", which is not in this applier's keyset file (keys ["
                            + old.primary() + "])")
                    .contains("WAYPASS_SEALING_KEYSET_REPLACE=true");

            keys.owner
                    .sql("update cluster_sealing_keyset set public_keyset = :keyset")
                    .param("keyset", old.publicKeyset())
                    .update();

            Awaitility.await().until(() -> stale.standing() == Standing.PUBLISHED);
        } finally {
            stale.stop();
        }
        assertThat(output.getOut()).containsOnlyOnce("The published sealing key of cluster sandbox is key");
    }

    @Test
    void whatIsSealedForAPublishedKeyThatTheFileLacksWaitsAndNothingElseDoes() {
        live(1, keys.publication(promoted, false));
        byte[] now = keys.sealer().seal(SealedKeys.secretOf("app1"), SealedKeys.context("sandbox", "app1"));
        byte[] before =
                Sealer.of(old.publicKeyset()).seal(SealedKeys.secretOf("app1"), SealedKeys.context("sandbox", "app1"));

        assertThat(keys.publication(old, false).lackingFor(now)).contains(promoted.primary());
        assertThat(keys.publication(old, false).lackingFor(before)).isEmpty();
        assertThat(keys.publication(added, false).lackingFor(now)).isEmpty();
        assertThat(keys.publication(removed, false).lackingFor(before))
                .as("nobody seals for it any more: there is nothing to wait for")
                .isEmpty();
        assertThat(keys.publication(old, false).lackingFor(new byte[] {0})).isEmpty();
    }

    @Test
    void afterALostFileOneStartMayReplaceThePublishedKey(CapturedOutput output) {
        live(1, keys.publication(old, false));
        keys.add("app1", Sealer.of(old.publicKeyset()));
        SealingKeyset fresh = SealingKeyset.generate();

        KeysetPublication replacing = keys.publication(fresh, true);
        live(2, replacing);

        assertThat(published()).isEqualTo(fresh.primary());
        assertThat(output.getOut())
                .containsOnlyOnce("WAYPASS_SEALING_KEYSET_REPLACE is set")
                .contains("private keys sealed for key " + old.primary()
                        + ", which is not in this applier's keyset file");

        live(1, keys.publication(old, true));
        live(2, replacing);
        assertThat(replacing.standing())
                .as("only the first check of a start replaces")
                .isEqualTo(Standing.WITHHELD);
        assertThat(published()).isEqualTo(old.primary());
    }

    @RepeatedTest(5)
    void appliersWithDifferentFilesThatStartAtTheSameMomentEndWithTheNewestPrimary() throws Exception {
        List<KeysetPublication> appliers = Stream.of(added, promoted, added, promoted)
                .map(keyset -> keys.publication(keyset, false))
                .toList();
        CyclicBarrier together = new CyclicBarrier(appliers.size());

        try (ExecutorService threads = Executors.newFixedThreadPool(appliers.size())) {
            List<Future<?>> all = appliers.stream()
                    .<Future<?>>map(applier -> threads.submit(() -> {
                        together.await();
                        for (int i = 0; i < 5; i++) {
                            applier.check();
                        }
                        return null;
                    }))
                    .toList();
            for (Future<?> each : all) {
                each.get();
            }
        }

        assertThat(published()).isEqualTo(promoted.primary());
        assertThat(keys.audited("sealing-key.published")).hasSizeLessThanOrEqualTo(2);
    }

    private static void live(int times, KeysetPublication... appliers) {
        for (int i = 0; i < times; i++) {
            Arrays.stream(appliers).forEach(KeysetPublication::check);
        }
    }

    private SealingKeyId published() {
        return Optional.of(keys.sealer()).map(Sealer::key).orElseThrow();
    }
}
