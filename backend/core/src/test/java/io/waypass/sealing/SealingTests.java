package io.waypass.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealingTests {

    private static final byte[] KEY = "a private key".getBytes(StandardCharsets.UTF_8);
    private static final SealingContext APP1 =
            new SealingContext("sandbox", "team-namespace", "app1", "nginx", "AB:CD");

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
    void aKeysetFileIsReadableByItsOwnerAloneAndIsNeverWrittenOver(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("keys/keyset.json");
        keyset.write(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(SealingKeyset.read(file).publicKeyset()).isEqualTo(keyset.publicKeyset());
        assertThatThrownBy(() -> SealingKeyset.generate().write(file))
                .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);
        assertThat(SealingKeyset.read(file).publicKeyset()).isEqualTo(keyset.publicKeyset());
    }
}
