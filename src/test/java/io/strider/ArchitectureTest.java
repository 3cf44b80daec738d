package io.strider;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.strider.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The order of the packages. */
class ArchitectureTest {
    private static final String ROOT = "io.strider.";

    /** What each package names; it may use those and what those use, but see {@link #BINDINGS}. */
    private static final Map<String, List<String>> MAY_USE = new LinkedHashMap<>();

    static {
        MAY_USE.put("openblas", List.of());
        MAY_USE.put("tensor", List.of());
        MAY_USE.put("blas", List.of("openblas", "tensor"));
        MAY_USE.put("conv", List.of("blas", "tensor"));
        MAY_USE.put("ops", List.of("blas", "tensor"));
        MAY_USE.put("graph", List.of("conv", "ops", "tensor"));
        MAY_USE.put("onnx", List.of("graph"));
        MAY_USE.put("embedding", List.of("onnx", "graph"));
        MAY_USE.put("server", List.of("embedding"));
        MAY_USE.put("cli", List.copyOf(MAY_USE.keySet()));
    }

    /** Only who names it uses it: it is not inherited. */
    private static final String BINDINGS = "openblas";

    /** Packages that need nothing but the JDK. */
    private static final List<String> CORE =
            List.of("openblas", "tensor", "blas", "conv", "ops", "graph");

    private static final String VECTOR_API = "jdk.incubator.vector..";

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .importUrl(Tensor.class.getProtectionDomain().getCodeSource().getLocation());

    private static String pattern(String name) {
        return ROOT + name + "..";
    }

    /** The first part of the package's name behind io.strider. */
    private static String packageOf(JavaClass type) {
        return type.getPackageName().substring(ROOT.length()).split("\\.")[0];
    }

    private static Set<String> existing() {
        return CLASSES.stream().map(ArchitectureTest::packageOf).collect(Collectors.toSet());
    }

    private static boolean mayUse(String user, String used) {
        List<String> named = MAY_USE.get(user);
        return named.contains(used)
                || (!used.equals(BINDINGS)
                        && named.stream().anyMatch(between -> mayUse(between, used)));
    }

    @Test
    void everyPackageHasItsPlace() {
        assertThat(existing())
                .contains("openblas", "tensor", "blas", "conv")
                .isSubsetOf(MAY_USE.keySet());
    }

    @Test
    void packagesUseOnlyWhatStandsAboveThem() {
        assertThat(mayUse("conv", "blas")).isTrue();
        assertThat(mayUse("conv", "openblas")).isFalse();
        assertThat(mayUse("graph", "blas")).isTrue();
        assertThat(mayUse("conv", "ops")).isFalse();
        for (String user : existing()) {
            String[] forbidden =
                    existing().stream()
                            .filter(used -> !used.equals(user) && !mayUse(user, used))
                            .map(ArchitectureTest::pattern)
                            .toArray(String[]::new);
            if (forbidden.length > 0) {
                noClasses()
                        .that()
                        .resideInAPackage(pattern(user))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(forbidden)
                        .because(user + " may use " + MAY_USE.get(user))
                        .check(CLASSES);
            }
        }
    }

    @Test
    void noPackagesUseEachOtherInACircle() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theGeneratedBindingsHaveOneCaller() {
        noClasses()
                .that(not(resideInAnyPackage(pattern("blas"), pattern("openblas"))))
                .should()
                .dependOnClassesThat()
                .haveNameMatching("io\\.strider\\.openblas\\.OpenBlas(Runtime)?(\\$.*)?")
                .check(CLASSES);
    }

    @Test
    void theCoreNeedsNothingButTheJdk() {
        String[] core = CORE.stream().map(ArchitectureTest::pattern).toArray(String[]::new);
        classes()
                .that(resideInAnyPackage(core))
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(core)
                                .or(resideInAPackage("java.."))
                                .or(resideInAPackage(VECTOR_API))
                                .or(resideInAPackage("org.jspecify.annotations..")))
                .check(CLASSES);
    }

    /** Any other class would fail to load where the JVM runs without that module. */
    @Test
    void onlyClassesNamedVectorUseTheVectorApi() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.Vector[^.]*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(VECTOR_API)
                .check(CLASSES);
    }

    @Test
    void namesSayWhatAClassIs() {
        noClasses()
                .should()
                .haveNameMatching(".*(Utils?|Helper|Manager|Impl)(\\$.*)?")
                .check(CLASSES);
    }
}
