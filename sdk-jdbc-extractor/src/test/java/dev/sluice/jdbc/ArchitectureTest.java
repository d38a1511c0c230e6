package dev.sluice.jdbc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The packages form a line: {checkpoint, dialect}, source, jdbc, micrometer; of the core they use what it shows. */
final class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sluice.jdbc");

    @Test
    void imports_only_leftwards() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.sluice.jdbc..")
                .layer("jdbc")
                .definedBy("dev.sluice.jdbc")
                .layer("micrometer")
                .definedBy("dev.sluice.jdbc.micrometer")
                .layer("source")
                .definedBy("dev.sluice.jdbc.source")
                .layer("checkpoint")
                .definedBy("dev.sluice.jdbc.checkpoint")
                .layer("dialect")
                .definedBy("dev.sluice.jdbc.dialect")
                .whereLayer("micrometer")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("jdbc")
                .mayOnlyBeAccessedByLayers("micrometer")
                .whereLayer("source")
                .mayOnlyBeAccessedByLayers("jdbc")
                .whereLayer("checkpoint")
                .mayOnlyBeAccessedByLayers("source", "jdbc")
                .whereLayer("dialect")
                .mayOnlyBeAccessedByLayers("source", "jdbc")
                .check(MAIN);
    }

    @Test
    void has_no_cycles_between_packages() {
        slices().matching("dev.sluice.jdbc.(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void knows_nothing_of_drivers_or_the_cores_transport() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.mysql..", "okhttp3..", "dev.sluice.transport..")
                .check(MAIN);
    }

    /** The driver may be absent: all else must load without it. */
    @Test
    void knows_postgresqls_driver_in_one_class_only() {
        noClasses()
                .that()
                .doNotHaveSimpleName("CopyRows")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.postgresql..")
                .check(MAIN);
    }
}
