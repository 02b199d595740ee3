package io.waypass.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishedFileTests {

    private static final List<PublishedFile> PINNED = PublishedFile.pinned();

    @ParameterizedTest
    @CsvSource({
        "Linux,    amd64,   linux-amd64",
        "Linux,    aarch64, linux-arm64",
        "Mac OS X, x86_64,  darwin-amd64",
        "Mac OS X, aarch64, darwin-arm64"
    })
    void thePinnedVersionIsPublishedForThePlatform(String system, String architecture, String platform) {
        assertThat(PublishedFile.binaries(PINNED, system, architecture)).hasValueSatisfying(file -> {
            assertThat(file.path())
                    .isEqualTo(
                            "kubernetes-sigs/controller-tools/releases/download/envtest-v%1$s/envtest-v%1$s-%2$s.tar.gz",
                            ControlPlaneBinaries.KUBERNETES_VERSION, platform);
            assertThat(file.algorithm()).isEqualTo("SHA-512");
        });
    }

    @Test
    void nothingIsPublishedForOtherPlatforms() {
        assertThat(PublishedFile.binaries(PINNED, "Windows 11", "amd64")).isEmpty();
        assertThat(PublishedFile.binaries(PINNED, "Linux", "s390x")).isEmpty();
    }

    @Test
    void theBuildFromModulesIsOfTheSameVersion() {
        assertThat(PinnedSet.CONTROL_PLANE.text("go.mod"))
                .contains("k8s.io/kubernetes v" + ControlPlaneBinaries.KUBERNETES_VERSION + " ");
    }

    @Test
    void aDefinitionIsInARepositoryAndInAModule() {
        List<PublishedFile> definitions = PublishedFile.definitions(PINNED);

        assertThat(definitions)
                .hasSize(12)
                .allSatisfy(file -> assertThat(file.algorithm()).isEqualTo("SHA-256"));
        assertThat(definitions)
                .extracting(PublishedFile::module)
                .containsOnly("sigs.k8s.io/gateway-api@v1.6.3", "istio.io/api@v1.31.1");
        assertThat(definitions)
                .extracting(PublishedFile::pathInModule)
                .contains("kubernetes/customresourcedefinitions.gen.yaml");
        assertThat(definitions).extracting(PublishedFile::name).doesNotHaveDuplicates();
    }

    @Test
    void aLineThatHasNoSumIsRefused() {
        assertThatThrownBy(() -> PublishedFile.parse("# a comment\n\nabc  file.yaml\n"))
                .hasMessage("Neither sum and path nor a comment: abc  file.yaml");
    }
}
