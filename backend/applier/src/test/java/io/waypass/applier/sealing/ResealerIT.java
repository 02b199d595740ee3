package io.waypass.applier.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.sealing.Sealer;
import io.waypass.sealing.SealingKeyset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;

@ExtendWith(OutputCaptureExtension.class)
class ResealerIT {

    private final SealedKeys keys = new SealedKeys();
    private final SealingKeyset old = SealingKeyset.generate();
    private final SealingKeyset added = old.withNewKey();
    private final SealingKeyset promoted = added.promoting(added.keys().getLast());
    private final SealingKeyset removed = promoted.without(old.primary());
    private final Sealer before = Sealer.of(old.publicKeyset());

    private CapturedOutput output;

    @BeforeEach
    void capture(CapturedOutput output) {
        this.output = output;
    }

    @AfterEach
    void neitherLogNorTrailHoldsAPrivateKeyOrACiphertext() {
        String trail = String.join(
                "\n",
                keys.owner
                        .sql("select cast(e as text) from audit_event e")
                        .query(String.class)
                        .list());
        for (String text : List.of(output.getAll(), trail)) {
            assertThat(text).doesNotContain("the private key of");
            for (String app : keys.owner
                    .sql("select substring(public_id from 5) from certificate")
                    .query(String.class)
                    .list()) {
                for (byte[] secret : List.of(SealedKeys.secretOf(app), keys.sealed(app))) {
                    assertThat(text)
                            .doesNotContain(Base64.getEncoder().encodeToString(secret))
                            .doesNotContain(HexFormat.of().formatHex(secret));
                }
            }
        }
    }

    @Test
    void whatWasSealedForTheOldKeyOpensAfterTheOldKeyIsRemoved() {
        List<String> apps = apps(60);
        apps.forEach(app -> keys.add(app, before));
        keys.add("young", Sealer.of(promoted.publicKeyset()));
        byte[] young = keys.sealed("young");

        keys.resealer(promoted).run(() -> true);

        for (String app : apps) {
            assertThat(removed.open(keys.sealed(app), SealedKeys.context("sandbox", app)))
                    .isEqualTo(SealedKeys.secretOf(app));
        }
        assertThat(keys.sealed("young")).isEqualTo(young);
        assertThat(keys.counts()).isEqualTo(Map.of(Optional.of(promoted.primary()), 61L));
        assertThat(keys.owner
                        .sql("select count(*) from sealed_key where sealed_at > now() - interval '1 hour'")
                        .query(Long.class)
                        .single())
                .isEqualTo(60);
        assertThat(keys.audited("sealed-keys.resealed"))
                .allSatisfy(event -> assertThat(event)
                        .containsEntry("actor", "applier:sandbox")
                        .containsEntry("subject", "sandbox")
                        .containsEntry("key", promoted.primary().toString()))
                .extracting(event -> event.get("resealed"))
                .containsExactly(50, 10);
        assertThat(output)
                .contains("no private key is sealed for key " + old.primary() + " any more")
                .contains("private keys sealed for key " + promoted.primary() + ", the primary: 61");
    }

    @Test
    void anApplierThatIsBehindSealsNothingBack() {
        keys.add("app1", Sealer.of(promoted.publicKeyset()));
        byte[] sealed = keys.sealed("app1");

        keys.resealer(added).run(() -> true);

        assertThat(keys.sealed("app1")).isEqualTo(sealed);
        assertThat(keys.audited("sealed-keys.resealed")).isEmpty();
    }

    @Test
    void anotherClustersKeysAreLeftAlone() {
        keys.add("other", "elsewhere", before);
        byte[] elsewhere = keys.sealed("elsewhere");
        keys.add("app1", before);

        keys.resealer(promoted).run(() -> true);

        assertThat(keys.sealed("elsewhere")).isEqualTo(elsewhere);
        assertThat(keys.counts()).isEqualTo(Map.of(Optional.of(promoted.primary()), 1L));
    }

    @Test
    void aRowThatWasCopiedFromAnotherIdentityIsToldAndLeftAndStopsNoOther() {
        keys.add("app1", before);
        keys.add("sandbox", "thief", keys.sealed("app1"));
        keys.add("app2", before);
        byte[] copied = keys.sealed("thief");
        Resealer resealer = keys.resealer(promoted);

        resealer.run(() -> true);
        resealer.run(() -> true);

        assertThat(keys.sealed("thief")).isEqualTo(copied);
        for (String app : List.of("app1", "app2")) {
            assertThat(removed.open(keys.sealed(app), SealedKeys.context("sandbox", app)))
                    .isEqualTo(SealedKeys.secretOf(app));
        }
        assertThat(output.getAll())
                .containsOnlyOnce("The private key of certificate crt_thief is sealed for key " + old.primary())
                .containsOnlyOnce("private keys sealed for key " + old.primary() + ": 1")
                .doesNotContain("remove-sealing-key may take it out");
    }

    @Test
    void whatIsSealedForAKeyThatTheFileLacksIsCountedAndTold() {
        apps(3).forEach(app -> keys.add(app, before));
        keys.add("sandbox", "broken", new byte[] {0, 1, 2});
        SealingKeyset another = SealingKeyset.generate();

        Resealer resealer = keys.resealer(another);
        resealer.run(() -> true);
        resealer.count();

        assertThat(keys.counts()).containsEntry(Optional.of(old.primary()), 3L);
        assertThat(output.getAll())
                .containsOnlyOnce("private keys sealed for key " + old.primary() + ", which is not in this applier's"
                        + " keyset file (keys " + another.keys() + "): 3.")
                .containsOnlyOnce("private keys sealed for no key at all")
                .contains("have those certificates submitted again");
    }

    @Test
    void newCertificatesAreNoNewsAboutOldKeys() {
        keys.add("app1", Sealer.of(promoted.publicKeyset()));
        Resealer resealer = keys.resealer(promoted);
        resealer.run(() -> true);

        keys.add("app2", Sealer.of(promoted.publicKeyset()));
        resealer.run(() -> true);

        assertThat(output.getAll()).containsOnlyOnce("private keys sealed for key " + promoted.primary());
    }

    @Test
    void twoAppliersAtOnceSealEachKeyOnce() throws Exception {
        List<String> apps = apps(60);
        apps.forEach(app -> keys.add(app, before));
        CountDownLatch ready = new CountDownLatch(2);

        try (ExecutorService appliers = Executors.newFixedThreadPool(2)) {
            List<Future<?>> both = IntStream.range(0, 2)
                    .<Future<?>>mapToObj(_ -> appliers.submit(() -> {
                        Resealer resealer = keys.resealer(promoted);
                        ready.countDown();
                        ready.await();
                        resealer.run(() -> true);
                        return null;
                    }))
                    .toList();
            for (Future<?> each : both) {
                each.get();
            }
        }

        assertThat(keys.counts()).isEqualTo(Map.of(Optional.of(promoted.primary()), 60L));
        for (String app : apps) {
            assertThat(removed.open(keys.sealed(app), SealedKeys.context("sandbox", app)))
                    .isEqualTo(SealedKeys.secretOf(app));
        }
        assertThat(keys.audited("sealed-keys.resealed").stream()
                        .mapToInt(event -> (Integer) event.get("resealed"))
                        .sum())
                .isEqualTo(60);
    }

    @Test
    void cutOffInTheMiddleAndRunAgainItComesToTheSameEnd() {
        List<String> apps = apps(10);
        apps.forEach(app -> keys.add(app, before));
        keys.owner.sql("""
                create function cut_off() returns trigger language plpgsql as $$ begin
                    if (select count(*) from sealed_key where sealed_at > now() - interval '1 hour') = 4 then
                        raise exception 'as if the applier died here';
                    end if;
                    return new;
                end $$;
                create trigger cut_off before update on sealed_key for each row execute function cut_off();
                """).update();
        assertThatThrownBy(() -> keys.resealer(promoted).run(() -> true)).isInstanceOf(DataAccessException.class);
        assertThat(keys.counts())
                .isEqualTo(Map.of(Optional.of(promoted.primary()), 4L, Optional.of(old.primary()), 6L));

        keys.owner.sql("drop trigger cut_off on sealed_key").update();
        keys.resealer(promoted).run(() -> true);

        for (String app : apps) {
            assertThat(removed.open(keys.sealed(app), SealedKeys.context("sandbox", app)))
                    .isEqualTo(SealedKeys.secretOf(app));
        }
        assertThat(keys.audited("sealed-keys.resealed"))
                .extracting(event -> event.get("resealed"))
                .containsExactly(4, 6);
    }

    @Test
    void stoppedInTheMiddleItEndsAtOnce() {
        apps(10).forEach(app -> keys.add(app, before));
        AtomicInteger asked = new AtomicInteger();

        keys.resealer(promoted).run(() -> asked.incrementAndGet() <= 4);

        assertThat(keys.counts()).containsEntry(Optional.of(promoted.primary()), 3L);
    }

    @Test
    void thePortalGoesOnSealingWhileKeysAreRotated() throws Exception {
        apps(40).forEach(app -> keys.add(app, before));
        KeysetPublication oldApplier = keys.publication(added, false);
        KeysetPublication newApplier = keys.publication(promoted, false);
        oldApplier.start();
        Awaitility.await().until(() -> oldApplier.standing() == KeysetPublication.Standing.PUBLISHED);
        AtomicInteger sealed = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);

        try (ExecutorService people = Executors.newFixedThreadPool(1)) {
            Future<?> portal = people.submit(() -> {
                while (end.getCount() > 0) {
                    keys.add("late" + sealed.get(), keys.sealer());
                    sealed.incrementAndGet();
                }
            });
            Awaitility.await().until(() -> sealed.get() > 5);
            newApplier.start();
            Awaitility.await().until(() -> newApplier.standing() == KeysetPublication.Standing.PUBLISHED);
            int until = sealed.get() + 5;
            Awaitility.await().until(() -> sealed.get() > until);
            end.countDown();
            portal.get();
            Awaitility.await()
                    .until(() -> keys.counts().keySet(), all -> all.equals(Set.of(Optional.of(promoted.primary()))));
        } finally {
            end.countDown();
            oldApplier.stop();
            newApplier.stop();
        }

        assertThat(keys.counts()).isEqualTo(Map.of(Optional.of(promoted.primary()), 40L + sealed.get()));
        for (int i = 0; i < sealed.get(); i++) {
            assertThat(removed.open(keys.sealed("late" + i), SealedKeys.context("sandbox", "late" + i)))
                    .isEqualTo(SealedKeys.secretOf("late" + i));
        }
        assertThat(keys.audited("sealing-key.published"))
                .extracting(event -> event.get("key"))
                .containsExactly(old.primary().toString(), promoted.primary().toString());
    }

    private static List<String> apps(int count) {
        return IntStream.range(0, count).mapToObj(i -> "app" + i).toList();
    }
}
