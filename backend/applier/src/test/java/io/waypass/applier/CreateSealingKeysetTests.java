package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.sealing.SealingKeyset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CreateSealingKeysetTests {

    @TempDir
    Path directory;

    @Test
    void makesAKeysetThatItsOwnerAloneCanRead() throws Exception {
        Path file = directory.resolve("keyset.json");

        assertThat(create(file)).isZero();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(SealingKeyset.read(file).publicKeyset()).contains("primaryKeyId");
    }

    @Test
    void neverWritesOverAFile() throws Exception {
        Path file = directory.resolve("keyset.json");
        Files.writeString(file, "precious");

        assertThat(create(file)).isEqualTo(1);

        assertThat(file).hasContent("precious");
    }

    @Test
    void saysHowItIsCalled() {
        assertThat(ApplierApplication.createSealingKeyset(new String[] {"create-sealing-keyset"}))
                .isEqualTo(2);
    }

    private static int create(Path file) {
        return ApplierApplication.createSealingKeyset(new String[] {"create-sealing-keyset", file.toString()});
    }
}
