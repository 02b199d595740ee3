package io.waypass.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequirementTests {

    @ParameterizedTest
    @EnumSource
    void saysInOneLineWhatIsLeftOutWhyAndHowToGetIt(Requirement requirement) {
        assertThat(requirement.sentence())
                .matches("Left out: # tests [^,]+, since [^.]+(3\\.0 [^.]+)?\\. (Install|Run) .+\\.")
                .doesNotContain("\n", "\t");
        assertThat(requirement.sentence()).containsIgnoringCase(requirement.reason());
    }
}
