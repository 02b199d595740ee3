package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FuzzSeedsTests {

    private static final Path FOLDER = Path.of("src/test/resources/io/waypass/certificate/CertificateFuzzTestsInputs");

    @Test
    void everyFuzzTargetHasSeeds() throws Exception {
        if ("write".equals(System.getProperty("waypass.seeds"))) {
            FuzzSeeds.write(FOLDER);
        }
        List<String> targets = Arrays.stream(CertificateFuzzTests.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(FuzzTest.class))
                .map(Method::getName)
                .toList();

        assertThat(FuzzSeeds.TARGETS).containsExactlyInAnyOrderElementsOf(targets);
        for (String target : targets) {
            try (Stream<Path> seeds = Files.list(FOLDER.resolve(target))) {
                assertThat(seeds).as(target).isNotEmpty();
            }
        }
    }
}
