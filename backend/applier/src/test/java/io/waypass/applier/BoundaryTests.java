package io.waypass.applier;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.access.ApiTokens;
import io.waypass.app.Apps;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.certificate.PrivateKeyMaterial;
import io.waypass.decision.RequestDecisions;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.request.RequestSubmission;
import io.waypass.request.RequestWithdrawal;

/** What the applier keeps away from, and what only one part of it may touch. */
@AnalyzeClasses(packages = "io.waypass.applier", importOptions = DoNotIncludeTests.class)
class BoundaryTests {

    @ArchTest
    static final ArchRule the_applier_neither_asks_nor_decides = noClasses()
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                    RequestDecisions.class,
                    RequestSubmission.class,
                    RequestWithdrawal.class,
                    Apps.class,
                    ApiTokens.class);

    @ArchTest
    static final ArchRule one_package_talks_to_the_api_server = noClasses()
            .that()
            .resideOutsideOfPackage("io.waypass.applier.cluster..")
            .and()
            .doNotHaveFullyQualifiedName(ApplierConfiguration.class.getName())
            .should()
            .dependOnClassesThat()
            .resideInAPackage(KubernetesClient.class.getPackageName() + "..");

    @ArchTest
    static final ArchRule only_planning_and_applying_see_an_open_key = noClasses()
            .that()
            .resideOutsideOfPackages("io.waypass.applier.plan..", "io.waypass.applier.reconcile..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(PrivateKeyMaterial.class);

    @ArchTest
    static final ArchRule planning_and_applying_know_nothing_of_each_other = noClasses()
            .that()
            .resideInAPackage("io.waypass.applier.plan..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.waypass.applier.reconcile..");

    @ArchTest
    static final ArchRule what_decides_neither_reads_nor_writes = noClasses()
            .that()
            .haveSimpleNameEndingWith("Decider")
            .or()
            .haveSimpleNameEndingWith("Backoff")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ClusterObjects.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(ReconcileStore.class)
            .orShould()
            .dependOnClassesThat()
            .haveSimpleName("LiveStateReader")
            .orShould()
            .dependOnClassesThat()
            .haveSimpleName("ObjectWriter");
}
