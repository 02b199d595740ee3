package io.waypass.portal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.junit.jupiter.api.Test;

/** What the portal may not touch. That there is no Kubernetes client on its classpath is the build's rule. */
class PortalBoundaryTests {

    private final JavaClasses portal = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.waypass.portal");

    @Test
    void thePortalSpeaksToNoCluster() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8..")
                .check(portal);
    }

    @Test
    void thePortalHasNothingThatOpensASealedKey() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.waypass.sealing.SealingKeyset")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.waypass.sealing.SealingKeysetFile")
                .check(portal);
    }

    @Test
    void thePortalDoesNotDoTheAppliersPart() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "io\\.waypass\\.(plan|reconcile|cluster|task)\\.((Jdbc)?(Planning|Reconcile|Orphan|OrphanRemoval)Store(\\$.*)?|ApplierRepositories|Fences?)")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("io\\.waypass\\.resource\\.(Observations|WatchReports)")
                .check(portal);
    }

    @Test
    void pagesAndApiKnowNothingOfEachOther() {
        noClasses()
                .that()
                .resideInAPackage("io.waypass.portal.page..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.waypass.portal.api..")
                .check(portal);
        noClasses()
                .that()
                .resideInAPackage("io.waypass.portal.api..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.waypass.portal.page..")
                .check(portal);
    }

    @Test
    void surfacesCallUseCasesAndNotTheDatabase() {
        noClasses()
                .that()
                .resideInAnyPackage("io.waypass.portal.api..", "io.waypass.portal.page..", "io.waypass.portal.access..")
                .and()
                .doNotHaveFullyQualifiedName("io.waypass.portal.api.IdempotencyKeys")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.jdbc..", "javax.sql..", "com.github.kagkarlsson..")
                .check(portal);
    }

    /** A view is composed of sections, so that its reader finds a value by what it belongs to. */
    @Test
    void noRecordThatAPageOrTheApiShowsHasMoreThan12Components() {
        classes()
                .that()
                .resideInAnyPackage("io.waypass.portal.page..", "io.waypass.portal.api..")
                .and()
                .areRecords()
                .should(new ArchCondition<>("have at most 12 components") {
                    @Override
                    public void check(JavaClass record, ConditionEvents events) {
                        int components = record.reflect().getRecordComponents().length;
                        if (components > 12) {
                            events.add(SimpleConditionEvent.violated(
                                    record, record.getName() + " has " + components + " components"));
                        }
                    }
                })
                .check(portal);
    }
}
