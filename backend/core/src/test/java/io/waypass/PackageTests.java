package io.waypass;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** How core's packages depend on each other. */
@AnalyzeClasses(packages = "io.waypass", importOptions = DoNotIncludeTests.class)
class PackageTests {

    @ArchTest
    static final ArchRule packages_depend_on_each_other_in_one_direction =
            SlicesRuleDefinition.slices().matching("io.waypass.(*)..").should().beFreeOfCycles();
}
