package io.waypass.manifests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** The rule that lets an approved plan be trusted: rendering sees nothing but its input. */
@AnalyzeClasses(packages = "io.waypass.manifests", importOptions = DoNotIncludeTests.class)
class PureModelTests {

    @ArchTest
    static final ArchRule manifests_know_models_and_the_domain_only = ArchRuleDefinition.classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.waypass.manifests..",
                    "io.waypass.identity..",
                    "io.waypass.app..",
                    "io.waypass.certificate..",
                    "io.waypass.fingerprint..",
                    "io.waypass.destination..",
                    "io.waypass.gateway..",
                    "io.waypass.cluster..",
                    "io.waypass.resource..",
                    "io.fabric8.kubernetes.api..",
                    "io.fabric8.istio.api..",
                    "com.fasterxml.jackson..",
                    "org.yaml.snakeyaml..",
                    "com.github.difflib..",
                    "org.bouncycastle..",
                    "org.jspecify..",
                    "java..");

    @ArchTest
    static final ArchRule manifests_have_no_client =
            noClasses().should().dependOnClassesThat().resideInAPackage("io.fabric8.kubernetes.client..");

    @ArchTest
    static final ArchRule manifests_have_no_clock_no_chance_no_disk_and_no_network = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.time..", "java.nio.file..", "java.net..", "java.nio.channels..", "java.sql..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching(
                    "java\\.io\\.(File.*|RandomAccessFile)|java\\.util\\.(Random|UUID|Timer)|java\\.security\\.SecureRandom|java\\.lang\\.(Process.*|Thread)");
}
