package io.waypass.testing.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.waypass.testing.Requirement;
import io.waypass.testing.controlplane.NoControlPlane;
import io.waypass.testing.mesh.NoMesh;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Small classes are run in a build of their own, on a machine without Chromium and without an API server. */
class LeftOutTests {

    @TempDir
    Path build;

    private final Map<String, String> before = new TreeMap<>();

    @BeforeEach
    void begin() {
        set("waypass.build", build.toString());
        set("chromium", build.resolve("absent").toString());
        set("WAYPASS_REQUIRE_ALL", "false");
    }

    @AfterEach
    void end() {
        before.forEach((name, value) -> {
            if (value.isEmpty()) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }

    @Needs(Requirement.CHROMIUM)
    static class InTheBrowser {

        @Test
        void one() {}

        @Test
        void two() {}

        @Nested
        class More {

            @Test
            void three() {}
        }
    }

    static class SomeInTheBrowser {

        @Test
        void without() {}

        @Test
        @Needs(Requirement.CHROMIUM)
        void with() {}
    }

    static class AsksInATest {

        @Test
        void asks() {
            throw NoControlPlane.failure();
        }

        @Test
        void doesNot() {}
    }

    static class AsksInItsConstructor {

        AsksInItsConstructor() {
            throw NoControlPlane.failure();
        }

        @Test
        void one() {}

        @Test
        void two() {}
    }

    static class AsksBeforeAll {

        @BeforeAll
        static void ask() {
            throw new IllegalStateException("no fixtures", NoControlPlane.failure());
        }

        @Test
        void one() {}

        @Test
        void two() {}
    }

    static class AsksBeforeEach {

        @BeforeEach
        void ask() {
            throw NoControlPlane.failure();
        }

        @Test
        void one() {}
    }

    static class AsksAsItsClassIsLoaded {

        static final Object PLANE = plane();

        static Object plane() {
            throw NoControlPlane.failure();
        }

        @Test
        void one() {}

        @Test
        void two() {}
    }

    static class AsksForAMesh {

        @Test
        void asks() {
            throw new IllegalStateException("no harness", NoMesh.failure());
        }
    }

    static class AsksForAMeshAsItsClassIsLoaded {

        static final Object MESH = mesh();

        static Object mesh() {
            throw NoMesh.failure();
        }

        @Test
        void one() {}

        @Test
        void two() {}
    }

    static class Fails {

        @Test
        void fails() {
            throw new IllegalStateException("a mistake");
        }
    }

    @Test
    void aClassIsLeftOutWithAllItsTests() throws IOException {
        TestExecutionSummary summary = run(InTheBrowser.class);

        assertThat(summary.getTestsStartedCount()).isZero();
        assertThat(notes()).containsExactly("3\t" + Requirement.CHROMIUM.sentence());
    }

    @Test
    void aTestIsLeftOutAndTheOthersOfItsClassRun() throws IOException {
        TestExecutionSummary summary = run(SomeInTheBrowser.class);

        assertThat(summary.getTestsSucceededCount()).isEqualTo(1);
        assertThat(summary.getTestsSkippedCount()).isEqualTo(1);
        assertThat(notes()).containsExactly("1\t" + Requirement.CHROMIUM.sentence());
    }

    @Test
    void nothingIsLeftOutWhereAllIsRequired() throws IOException {
        set("WAYPASS_REQUIRE_ALL", "true");

        assertThat(run(InTheBrowser.class).getTestsSucceededCount()).isEqualTo(3);
        assertThat(run(AsksInATest.class).getTestsFailedCount()).isEqualTo(1);
        assertThat(notes()).isEmpty();
    }

    @Test
    void whateverAsksForAControlPlaneIsLeftOutWhereThereIsNone() throws IOException {
        TestExecutionSummary summary = run(
                AsksInATest.class,
                AsksInItsConstructor.class,
                AsksBeforeAll.class,
                AsksBeforeEach.class,
                AsksAsItsClassIsLoaded.class);

        assertThat(summary.getTotalFailureCount()).as(failures(summary)).isZero();
        assertThat(summary.getTestsSucceededCount()).isEqualTo(1);
        assertThat(summary.getTestsAbortedCount()).isEqualTo(6);
        assertThat(notes())
                .containsExactlyInAnyOrder(
                        one(), one(), one(), "2\t" + Requirement.CONTROL_PLANE.sentence(), one(), one(), one());
    }

    @Test
    void whateverAsksForAMeshIsLeftOutWhereThereIsNone() throws IOException {
        TestExecutionSummary summary = run(AsksForAMesh.class, AsksForAMeshAsItsClassIsLoaded.class);

        assertThat(summary.getTotalFailureCount()).as(failures(summary)).isZero();
        assertThat(summary.getTestsAbortedCount()).isEqualTo(3);
        assertThat(notes()).hasSize(3).containsOnly("1\t" + Requirement.MESH.sentence());
    }

    @Test
    void aFailureIsStillAFailure() throws IOException {
        assertThat(run(Fails.class).getTestsFailedCount()).isEqualTo(1);
        assertThat(notes()).isEmpty();
    }

    private static String one() {
        return "1\t" + Requirement.CONTROL_PLANE.sentence();
    }

    private static TestExecutionSummary run(Class<?>... classes) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (Class<?> each : classes) {
            request.selectors(selectClass(each));
        }
        LauncherFactory.create().execute(request.build(), listener);
        return listener.getSummary();
    }

    private static String failures(TestExecutionSummary summary) {
        StringWriter text = new StringWriter();
        summary.printFailuresTo(new PrintWriter(text));
        return text.toString();
    }

    private List<String> notes() throws IOException {
        Path file = build.resolve("notes/" + ProcessHandle.current().pid() + ".txt");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private void set(String name, String value) {
        before.putIfAbsent(name, System.getProperty(name, ""));
        System.setProperty(name, value);
    }
}
