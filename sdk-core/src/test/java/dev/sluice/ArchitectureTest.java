package dev.sluice;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses MAIN = classesBeside(StreamClient.class);
    private static final JavaClasses TESTS = classesBeside(ArchitectureTest.class);

    private static final Pattern OURS = Pattern.compile("(java|dev\\.sluice|org\\.jspecify)\\..+");

    /** Where a library may be shown, because binding to it is what the package is for. */
    private static final Map<String, Pattern> BINDINGS =
            Map.of("dev.sluice.micrometer", Pattern.compile("io\\.micrometer\\.core\\.instrument\\.MeterRegistry"));

    private static JavaClasses classesBeside(Class<?> type) {
        return new ClassFileImporter()
                .importUrl(type.getProtectionDomain().getCodeSource().getLocation());
    }

    @Test
    void imports_go_only_towards_the_row() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("row")
                .definedBy("dev.sluice.row..")
                .layer("batch")
                .definedBy("dev.sluice.batch..")
                .layer("receipt")
                .definedBy("dev.sluice.receipt..")
                .layer("spool")
                .definedBy("dev.sluice.spool..")
                .layer("transport")
                .definedBy("dev.sluice.transport..")
                .layer("conductor")
                .definedBy("dev.sluice")
                .layer("push")
                .definedBy("dev.sluice.push..")
                .layer("micrometer")
                .definedBy("dev.sluice.micrometer..")
                .whereLayer("row")
                .mayNotAccessAnyLayer()
                .whereLayer("batch")
                .mayOnlyAccessLayers("row")
                .whereLayer("receipt")
                .mayOnlyAccessLayers("row", "batch")
                .whereLayer("spool")
                .mayOnlyAccessLayers("row", "batch", "receipt")
                .whereLayer("transport")
                .mayOnlyAccessLayers("row", "batch", "receipt")
                .whereLayer("conductor")
                .mayOnlyBeAccessedByLayers("push", "micrometer")
                .whereLayer("push")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("micrometer")
                .mayNotBeAccessedByAnyLayer()
                .ensureAllClassesAreContainedInArchitecture()
                .check(MAIN);
    }

    @Test
    void packages_form_no_cycle() {
        slices().matching("dev.sluice.(*)..").should().beFreeOfCycles().check(MAIN);
    }

    /** So that the client runs where Micrometer is not. */
    @Test
    void only_the_package_for_it_needs_micrometer() {
        noClasses()
                .that(resideOutsideOfPackages("dev.sluice.micrometer.."))
                .should()
                .dependOnClassesThat(resideInAPackage("io.micrometer.."))
                .check(MAIN);
    }

    @Test
    void code_and_tests_never_sleep() {
        for (JavaClasses classes : List.of(MAIN, TESTS)) {
            noClasses().should().callMethod(Thread.class, "sleep", long.class).check(classes);
            noClasses()
                    .should()
                    .callMethod(Thread.class, "sleep", long.class, int.class)
                    .check(classes);
        }
    }

    @Test
    void test_kit_needs_nothing_that_its_users_do_not_have() {
        noClasses()
                .that(resideInAPackage("dev.sluice.testkit").and(not(nameMatching(".*Test(\\$.*)?"))))
                .should()
                .dependOnClassesThat(resideOutsideOfPackages(
                        "java..",
                        "dev.sluice..",
                        "com.fasterxml.jackson..",
                        "org.junit.jupiter.api..",
                        "org.jspecify.."))
                .check(TESTS);
    }

    @Test
    void public_signatures_name_no_library() {
        List<String> foreign = MAIN.stream()
                .filter(ArchitectureTest::isVisible)
                .flatMap(type -> typesIn(type)
                        .filter(used -> !isOurs(used) && !isBoundBy(type, used))
                        .map(used -> type.getName() + " shows " + used.getName()))
                .toList();
        assertThat(foreign).isEmpty();
    }

    @Test
    void looks_at_the_types_it_is_meant_to_look_at() {
        assertThat(MAIN.contain(StreamClient.class)).isTrue();
        assertThat(TESTS.contain(ArchitectureTest.class)).isTrue();
        JavaClass leaky = new ClassFileImporter().importClass(Leaky.class);
        assertThat(typesIn(leaky).filter(used -> !isOurs(used)).map(JavaClass::getSimpleName))
                .contains("MediaType", "JsonMapper", "JsonProcessingException", "Interceptor", "Request", "Response");
    }

    /** Shows what no public type of ours may show. */
    @SuppressWarnings("unused")
    public abstract static class Leaky implements okhttp3.Interceptor {
        public List<okhttp3.MediaType> inAnArgument;

        protected abstract Object parameter(com.fasterxml.jackson.databind.json.JsonMapper mapper)
                throws com.fasterxml.jackson.core.JsonProcessingException;

        public abstract <T extends okhttp3.Request> void bound(T request);

        public abstract Set<? extends okhttp3.Response[]> wildcard();
    }

    /** Whether others see the type: it and all around it are public or protected. */
    private static boolean isVisible(JavaClass type) {
        boolean itself = isShown(type.getModifiers());
        return itself
                && type.getEnclosingClass().map(ArchitectureTest::isVisible).orElse(true);
    }

    private static boolean isShown(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    /** Every class named in what others see of a type, type arguments and bounds included. */
    private static Stream<JavaClass> typesIn(JavaClass type) {
        List<JavaType> named = new ArrayList<>(type.getInterfaces());
        type.getSuperclass().ifPresent(named::add);
        named.addAll(type.getTypeParameters());
        type.getMembers().stream()
                .filter(member -> isShown(member.getModifiers()))
                .forEach(member -> named.addAll(typesIn(member)));
        return named.stream()
                .flatMap(each -> each.getAllInvolvedRawTypes().stream())
                .map(JavaClass::getBaseComponentType);
    }

    private static List<JavaType> typesIn(JavaMember member) {
        List<JavaType> named = new ArrayList<>();
        if (member instanceof JavaField field) {
            named.add(field.getType());
        } else if (member instanceof JavaCodeUnit code) {
            named.add(code.getReturnType());
            named.addAll(code.getParameterTypes());
            named.addAll(code.getTypeParameters());
            named.addAll(code.getExceptionTypes());
        }
        return named;
    }

    private static boolean isBoundBy(JavaClass type, JavaClass used) {
        Pattern bound = BINDINGS.get(type.getPackageName());
        return bound != null && bound.matcher(used.getName()).matches();
    }

    private static boolean isOurs(JavaClass type) {
        return type.isPrimitive()
                || type.getName().equals("void")
                || OURS.matcher(type.getName()).matches();
    }
}
