package io.waypass.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.sealing.SealingKeyset.Published;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealingTests {

    private static final byte[] KEY = "a private key".getBytes(StandardCharsets.UTF_8);
    private static final SealingContext APP1 =
            new SealingContext("sandbox", "team-namespace", "app1", "nginx", "AB:CD");
    private static final SealingContext APP2 =
            new SealingContext("sandbox", "team-namespace", "app2", "nginx", "AB:CD");

    private final SealingKeyset keyset = SealingKeyset.generate();

    @Test
    void theApplierOpensWhatThePortalSealedWithThePublicHalf() {
        byte[] sealed = Sealer.of(keyset.publicKeyset()).seal(KEY, APP1);

        assertThat(keyset.open(sealed, APP1)).isEqualTo(KEY);
    }

    @Test
    void thePublicHalfHoldsNothingThatOpens() {
        assertThat(keyset.publicKeyset()).contains("HpkePublicKey").doesNotContain("HpkePrivateKey");
    }

    @Test
    void aSealedKeyThatIsCopiedToAnotherIdentityDoesNotOpen() {
        byte[] sealed = Sealer.of(keyset.publicKeyset()).seal(KEY, APP1);

        for (SealingContext other : new SealingContext[] {
            new SealingContext("other", "team-namespace", "app1", "nginx", "AB:CD"),
            new SealingContext("sandbox", "team-namespace", "app2", "nginx", "AB:CD"),
            new SealingContext("sandbox", "team-namespaceapp1", "", "nginx", "AB:CD"),
            new SealingContext("sandbox", "team-namespace", "app1", "nginx", "AB:CE")
        }) {
            assertThatThrownBy(() -> keyset.open(sealed, other))
                    .isInstanceOf(SealingKeyset.SealedKeyDoesNotOpen.class)
                    .hasMessageContaining("submitted again");
        }
    }

    @Test
    void anotherClustersKeysetDoesNotOpenIt() {
        byte[] sealed = Sealer.of(keyset.publicKeyset()).seal(KEY, APP1);

        assertThatThrownBy(() -> SealingKeyset.generate().open(sealed, APP1))
                .isInstanceOf(SealingKeyset.SealedKeyDoesNotOpen.class);
    }

    @Test
    void aSealedKeyNamesTheKeyThatItIsSealedFor() {
        Sealer sealer = Sealer.of(keyset.publicKeyset());
        byte[] sealed = sealer.seal(KEY, APP1);

        assertThat(sealer.key()).isEqualTo(keyset.primary());
        assertThat(SealingKeyId.of(sealed)).contains(keyset.primary());
        assertThat(sealed).startsWith(keyset.primary().prefix());
        assertThat(SealingKeyId.parse(keyset.primary().toString())).contains(keyset.primary());
        assertThat(SealingKeyId.of(new byte[] {0, 1, 2, 3, 4})).isEmpty();
        assertThat(SealingKeyId.of(new byte[] {1, 2, 3})).isEmpty();
    }

    @Test
    void whatIsSealedAgainOpensInTheSameContextAloneAndWithoutTheOldKey() {
        byte[] sealed = Sealer.of(keyset.publicKeyset()).seal(KEY, APP1);
        SealingKeyset added = keyset.withNewKey();
        SealingKeyset promoted = added.promoting(added.keys().getLast());

        byte[] again = promoted.reseal(sealed, APP1);

        assertThat(SealingKeyId.of(again)).contains(promoted.primary());
        assertThat(promoted.without(keyset.primary()).open(again, APP1)).isEqualTo(KEY);
        assertThatThrownBy(() -> promoted.open(again, APP2)).isInstanceOf(SealingKeyset.SealedKeyDoesNotOpen.class);
        assertThatThrownBy(() -> promoted.reseal(sealed, APP2)).isInstanceOf(SealingKeyset.SealedKeyDoesNotOpen.class);
    }

    @Test
    void ofTwoFilesTheOneWithTheNewerPrimaryIsAhead() {
        SealingKeyset added = keyset.withNewKey();
        SealingKeyset promoted = added.promoting(added.keys().getLast());
        SealingKeyset removed = promoted.without(keyset.primary());

        assertThat(keyset.compare(added.publicKeyset())).isEqualTo(Published.CURRENT);
        assertThat(added.compare(keyset.publicKeyset())).isEqualTo(Published.CURRENT);
        assertThat(added.compare(promoted.publicKeyset())).isEqualTo(Published.NEWER);
        assertThat(promoted.compare(added.publicKeyset())).isEqualTo(Published.OLDER);
        assertThat(removed.compare(promoted.publicKeyset())).isEqualTo(Published.CURRENT);
        assertThat(keyset.compare(promoted.publicKeyset())).isEqualTo(Published.FOREIGN);
        assertThat(removed.compare(keyset.publicKeyset())).isEqualTo(Published.FOREIGN);
        assertThat(keyset.compare("{}")).isEqualTo(Published.FOREIGN);
    }

    @Test
    void aPublishedKeyWithAKnownIdAndOtherContentIsForeign() {
        String forged = SealingKeyset.generate()
                .publicKeyset()
                .replaceAll("(?i)(\"(?:primaryKeyId|keyId)\":\\s*)\\d+", "$1" + keyset.primary());

        assertThat(Sealer.of(forged).key()).isEqualTo(keyset.primary());
        assertThat(keyset.compare(forged)).isEqualTo(Published.FOREIGN);
    }

    @Test
    void thePortalIsGivenThePrimaryAlone() {
        SealingKeyset added = keyset.withNewKey();

        assertThat(added.publicKeyset()).isEqualTo(keyset.publicKeyset());
        assertThat(added.publicKeyset()).doesNotContain(added.keys().getLast().toString());
    }

    @Test
    void aKeysetShowsItsKeysIdsAlone() {
        assertThat(keyset).hasToString("SealingKeyset[[" + keyset.primary() + "], primary " + keyset.primary() + "]");
    }

    @Test
    void aKeysetFileIsReadableByItsOwnerAloneAndIsNeverWrittenOver(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("keys/keyset.json");
        SealingKeysetFile file = new SealingKeysetFile(path);
        file.create(keyset);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThat(file.read().publicKeyset()).isEqualTo(keyset.publicKeyset());
        assertThatThrownBy(() -> file.create(SealingKeyset.generate()))
                .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);
        assertThat(file.read().publicKeyset()).isEqualTo(keyset.publicKeyset());
    }

    @Test
    void changesToOneFileAtTheSameTimeLoseNothing(@TempDir Path directory) throws Exception {
        SealingKeysetFile file = new SealingKeysetFile(directory.resolve("keyset.json"));
        file.create(keyset);
        AtomicInteger done = new AtomicInteger();

        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 8; i++) {
                threads.submit(() -> {
                    file.change(SealingKeyset::withNewKey);
                    return done.incrementAndGet();
                });
            }
        }

        assertThat(done).hasPositiveValue();
        assertThat(file.read().keys()).hasSize(1 + done.get());
    }
}
