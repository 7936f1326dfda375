package io.gerve.packaging;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;

/** What no reviewer has to watch: which way the packages point, where the libraries are held, what a class may not be called. */
@AnalyzeClasses(packages = "io.gerve", importOptions = ArchitectureTest.OnlyMainClasses.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_POINT_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.gerve..")
            .withOptionalLayers(true)
            .layer("sql")
            .definedBy("io.gerve.sql..")
            .layer("keylookup")
            .definedBy("io.gerve.lookup..", "io.gerve.config..", "io.gerve.program..", "io.gerve.keylookup..")
            .layer("gerve")
            .definedBy(
                    "io.gerve.git..",
                    "io.gerve.access..",
                    "io.gerve.chimney..",
                    "io.gerve.bridge..",
                    "io.gerve.session..",
                    "io.gerve.registry..",
                    "io.gerve.audit..",
                    "io.gerve.site..",
                    "io.gerve.agent..",
                    "io.gerve.cli..")
            .layer("ssh-frontend")
            .definedBy("io.gerve.ssh..")
            .layer("packaging")
            .definedBy("io.gerve.packaging..")
            .ensureAllClassesAreContainedInArchitecture()
            .whereLayer("packaging")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("ssh-frontend")
            .mayOnlyBeAccessedByLayers("packaging")
            .whereLayer("gerve")
            .mayOnlyBeAccessedByLayers("ssh-frontend", "packaging")
            .whereLayer("keylookup")
            .mayOnlyBeAccessedByLayers("gerve", "ssh-frontend", "packaging")
            .whereLayer("sql")
            .mayOnlyBeAccessedByLayers("keylookup", "gerve", "ssh-frontend", "packaging");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("io.gerve.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_CYCLES_IN_PACKAGING = slices().matching("io.gerve.packaging.(*)..")
            .should()
            .beFreeOfCycles()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule ONLY_THE_SSH_PACKAGE_KNOWS_MINA = noClasses()
            .that(resideOutsideOfPackages("io.gerve.ssh..", "io.gerve.packaging.fileserver.."))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.sshd..")
            .because(
                    "MINA may be replaced, and its traps are known in one place; the quickstart's file server is a test's part");

    @ArchTest
    static final ArchRule ONLY_THE_BRIDGE_KNOWS_JSCH = noClasses()
            .that()
            .resideOutsideOfPackage("io.gerve.bridge..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.jcraft.jsch..");

    @ArchTest
    static final ArchRule ONLY_THE_LISTENER_KNOWS_HELIDON = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.gerve.keylookup.http.HttpListener")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.helidon..");

    @ArchTest
    static final ArchRule ONLY_THE_PAGES_KNOW_PEBBLE = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.gerve.keylookup.web.Pages")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.pebbletemplates..");

    @ArchTest
    static final ArchRule THE_PROGRAMS_PARTS_FORM_NO_CYCLES =
            slices().matching("io.gerve.keylookup.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_CLASSES_NAMED_MYSQL_KNOW_JOOQ = noClasses()
            .that(not(resideInAnyPackage("io.gerve.sql..")))
            .and(not(topLevelNameStartsWith("Mysql")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.jooq..", "io.gerve.sql.schema..");

    @ArchTest
    static final ArchRule ONLY_CLASSES_NAMED_REDIS_KNOW_JEDIS = noClasses()
            .that(not(topLevelNameStartsWith("Redis")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("redis.clients..");

    @ArchTest
    static final ArchRule CLASSES_ARE_NAMED_AFTER_WHAT_THEY_ARE = noClasses()
            .that()
            .resideOutsideOfPackage("io.gerve.sql.schema..")
            .should()
            .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)(\\$.*)?");

    @ArchTest
    static final ArchRule PACKAGES_ARE_NAMED_AFTER_WHAT_THEY_ARE_ABOUT = noClasses()
            .should()
            .resideInAnyPackage(
                    "..model..", "..service..", "..dto..", "..impl..", "..util..", "..utils..", "..common..");

    @ArchTest
    static final ArchRule EVERY_PACKAGE_IS_NULL_MARKED =
            classes().that().resideOutsideOfPackage("io.gerve.sql.schema..").should(stayInNullMarkedPackages());

    /** Lambdas belong to their class already; a nested class counts as the one it is written in. */
    private static DescribedPredicate<JavaClass> topLevelNameStartsWith(String prefix) {
        return describe(
                "belong to a class named " + prefix + "…",
                type -> topLevelName(type).startsWith(prefix));
    }

    private static String topLevelName(JavaClass type) {
        String inPackage = type.getPackageName().isEmpty()
                ? type.getName()
                : type.getName().substring(type.getPackageName().length() + 1);
        return inPackage.split(Pattern.quote("$"), 2)[0];
    }

    private static ArchCondition<JavaClass> stayInNullMarkedPackages() {
        return new ArchCondition<>("be in a package that is @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage()
                        .tryGetPackageInfo()
                        .map(info -> info.isAnnotatedWith(NullMarked.class))
                        .orElse(false);
                events.add(
                        new SimpleConditionEvent(type, marked, type.getName() + ": package-info is not @NullMarked"));
            }
        };
    }

    static final class OnlyMainClasses implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }
}
