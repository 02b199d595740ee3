package io.waypass.applier.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.sealing.Sealer;
import io.waypass.sealing.SealingContext;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysetFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealingKeysetCommandsTests {

    private static final byte[] KEY = "a private key".getBytes(StandardCharsets.UTF_8);
    private static final SealingContext APP1 =
            new SealingContext("sandbox", "team-namespace", "app1", "nginx", "AB:CD");

    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("keyset.json");
    }

    @AfterEach
    void noCommandPrintsKeyMaterial() throws IOException {
        if (Files.isRegularFile(file)) {
            Pattern.compile("\"value\":\\s*\"([^\"]+)\"")
                    .matcher(Files.readString(file))
                    .results()
                    .forEach(found -> assertThat(printed()).doesNotContain(found.group(1)));
        }
    }

    @Test
    void makesAKeysetThatItsOwnerAloneCanRead() throws Exception {
        assertThat(run("create-sealing-keyset", file)).isZero();

        assertThat(permissions()).isEqualTo("rw-------");
        assertThat(keyset().publicKeyset()).contains("primaryKeyId");
    }

    @Test
    void neverWritesOverAFile() throws Exception {
        Files.writeString(file, "precious");

        assertThat(run("create-sealing-keyset", file)).isEqualTo(1);

        assertThat(file).hasContent("precious");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create-sealing-keyset",
                "add-sealing-key",
                "remove-sealing-key keyset.json",
                "list-sealing-keys keyset.json 1",
                "promote-sealing-key keyset.json 1 2",
                "rotate keyset.json"
            })
    void saysHowItIsCalled(String line) {
        assertThat(new SealingKeysetCommands(System.out, stream()).run(line.split(" ")))
                .isEqualTo(2);

        assertThat(printed()).contains("promote-sealing-key <file> [key id]");
    }

    @Test
    void aKeyIsAddedPromotedAndTheOldOneRemovedAndAtEachStepEveryFileOpensWhatTheOtherSeals() throws Exception {
        run("create-sealing-keyset", file);
        SealingKeyset first = keyset();
        assertThat(run("add-sealing-key", file)).isZero();
        SealingKeyset added = keyset();
        assertThat(run("promote-sealing-key", file)).isZero();
        SealingKeyset promoted = keyset();

        assertThat(added.primary()).isEqualTo(first.primary());
        assertThat(promoted.keys()).isEqualTo(added.keys());
        assertThat(promoted.primary()).isEqualTo(added.keys().getLast()).isNotEqualTo(first.primary());
        byte[] old = Sealer.of(added.publicKeyset()).seal(KEY, APP1);
        byte[] young = Sealer.of(promoted.publicKeyset()).seal(KEY, APP1);
        assertThat(first.open(old, APP1)).isEqualTo(KEY);
        assertThat(promoted.open(old, APP1)).isEqualTo(KEY);
        assertThat(added.open(young, APP1)).isEqualTo(KEY);

        assertThat(run("remove-sealing-key", file, first.primary().toString())).isZero();

        assertThat(keyset().keys()).containsExactly(promoted.primary());
        assertThat(keyset().open(promoted.reseal(old, APP1), APP1)).isEqualTo(KEY);
        assertThat(permissions()).isEqualTo("rw-------");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void showsWhichKeyIsThePrimaryAndWhichAreOlderAndNewer() {
        run("create-sealing-keyset", file);
        run("add-sealing-key", file);
        run("promote-sealing-key", file);
        run("add-sealing-key", file);
        List<String> keys = keyset().keys().stream().map(Object::toString).toList();
        printed.reset();

        assertThat(run("list-sealing-keys", file)).isZero();

        assertThat(printed().lines())
                .containsExactly(keys.get(0) + " older", keys.get(1) + " primary", keys.get(2) + " newer");
    }

    @Test
    void promotesTheKeyThatIsNamed() {
        run("create-sealing-keyset", file);
        run("add-sealing-key", file);
        run("add-sealing-key", file);
        String middle = keyset().keys().get(1).toString();

        assertThat(run("promote-sealing-key", file, middle)).isZero();

        assertThat(keyset().primary()).hasToString(middle);
    }

    @Test
    void promotingThePrimaryAgainChangesNothing() throws Exception {
        run("create-sealing-keyset", file);
        String before = Files.readString(file);

        assertThat(run("promote-sealing-key", file)).isZero();
        assertThat(run("promote-sealing-key", file, keyset().primary().toString()))
                .isZero();

        assertThat(file).hasContent(before);
        assertThat(printed()).contains("is the primary of " + file + " already");
    }

    @Test
    void thePrimaryNeverMovesBackToAnOlderKey() throws Exception {
        run("create-sealing-keyset", file);
        run("add-sealing-key", file);
        run("promote-sealing-key", file);
        String before = Files.readString(file);

        assertThat(run("promote-sealing-key", file, keyset().keys().getFirst().toString()))
                .isEqualTo(1);

        assertThat(printed()).contains("is older than the primary").contains("Nothing was changed");
        assertThat(file).hasContent(before);
    }

    @Test
    void thePrimaryIsNotRemoved() throws Exception {
        run("create-sealing-keyset", file);
        run("add-sealing-key", file);
        String before = Files.readString(file);

        assertThat(run("remove-sealing-key", file, keyset().primary().toString()))
                .isEqualTo(1);

        assertThat(printed()).contains("is the primary").contains("Promote another one first");
        assertThat(file).hasContent(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12", "-1", "4294967296", "one", ""})
    void aKeyThatIsNotThereIsSaidSo(String key) throws Exception {
        run("create-sealing-keyset", file);
        String before = Files.readString(file);

        assertThat(run("remove-sealing-key", file, key)).isEqualTo(1);
        assertThat(run("promote-sealing-key", file, key)).isEqualTo(1);

        assertThat(printed()).containsPattern("There is no key 12|has to be a number");
        assertThat(file).hasContent(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"list-sealing-keys", "add-sealing-key", "promote-sealing-key"})
    void aMissingFileIsSaidSoAndNotMade(String command) {
        assertThat(run(command, file)).isEqualTo(1);

        assertThat(printed()).contains("There is no sealing keyset " + file);
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "not a keyset, but a secret",
                "{\"primaryKeyId\": 1, \"key\": [{\"keyData\": {\"value\": \"c2VjcmV0\"}}]}"
            })
    void aFileThatIsNoKeysetIsLeftAsItIsAndNotQuoted(String content) throws Exception {
        Files.writeString(file, content);

        assertThat(run("add-sealing-key", file)).isEqualTo(1);

        assertThat(printed()).contains("holds no sealing keyset").doesNotContain("a secret", "c2VjcmV0");
        assertThat(file).hasContent(content);
    }

    @Test
    void thePublicHalfIsNoKeyset() throws Exception {
        Files.writeString(file, SealingKeyset.generate().publicKeyset());

        assertThat(run("list-sealing-keys", file)).isEqualTo(1);

        assertThat(printed()).contains("holds no sealing keyset");
    }

    @Test
    void aChangeThatWasCutOffLeavesTheFileWholeAndTheNextSaysWhatLiesThere() throws Exception {
        run("create-sealing-keyset", file);
        String before = Files.readString(file);
        Path left = directory.resolve("keyset.json.new");
        Files.writeString(left, before.substring(0, 40));

        assertThat(run("add-sealing-key", file)).isEqualTo(1);

        assertThat(printed()).contains(left + " exists").contains("delete that file");
        assertThat(file).hasContent(before);
        Files.delete(left);
        assertThat(run("add-sealing-key", file)).isZero();
    }

    @Test
    void whoCouldReadTheFileBeforeAChangeCanReadItAfterAndALinkStaysALink() throws Exception {
        run("create-sealing-keyset", file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(directory.resolve("link.json"), file);

        assertThat(run("add-sealing-key", link)).isZero();

        assertThat(permissions()).isEqualTo("rw-r-----");
        assertThat(link).isSymbolicLink();
        assertThat(keyset().keys()).hasSize(2);
    }

    private int run(String command, Path path, String... more) {
        String[] args = new String[2 + more.length];
        args[0] = command;
        args[1] = path.toString();
        System.arraycopy(more, 0, args, 2, more.length);
        return new SealingKeysetCommands(stream(), stream()).run(args);
    }

    private PrintStream stream() {
        return new PrintStream(printed, true, StandardCharsets.UTF_8);
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private SealingKeyset keyset() {
        return new SealingKeysetFile(file).read();
    }

    private String permissions() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
