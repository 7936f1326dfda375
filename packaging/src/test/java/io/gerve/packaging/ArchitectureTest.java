package io.gerve.packaging;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;

/**
 * Rules for the direction of dependencies, the packages that may use each library, and the names of classes and
 * packages.
 */
@AnalyzeClasses(packages = "io.gerve", importOptions = ArchitectureTest.OnlyMainClasses.class)
class ArchitectureTest {
    private static final long FILES_MAX = 28;

    private static final Set<String> CLOCK_READS = Set.of(
            "Clock.systemDefaultZone",
            "Clock.systemUTC",
            "Instant.now",
            "InstantSource.system",
            "LocalDate.now",
            "LocalDateTime.now",
            "OffsetDateTime.now",
            "System.currentTimeMillis",
            "ZonedDateTime.now");

    private static final Set<String> DATE_READERS = Set.of(
            "AccessLogWriter",
            "AgentCommand",
            "AuditCommand",
            "AuditKeyCommand",
            "AuditLogPruneCommand",
            "ChangeOptions",
            "DoctorCommand",
            "Frontend",
            "KeyAdministration",
            "KeyCommand",
            "Keylookup",
            "OptionConverters",
            "SiteConnection",
            "SshConnection");

    @ArchTest
    static final ArchRule DEPENDENCIES_POINT_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.gerve..")
            .withOptionalLayers(true)
            .layer("sql")
            .definedBy("io.gerve.sql..")
            .layer("keys")
            .definedBy(
                    "io.gerve.config..",
                    "io.gerve.logging..",
                    "io.gerve.metrics..",
                    "io.gerve.program..",
                    "io.gerve.redis..",
                    "io.gerve.lookup..",
                    "io.gerve.connection..",
                    "io.gerve.invalidation..",
                    "io.gerve.keylookup..")
            .layer("gerve")
            .definedBy(
                    "io.gerve.git..",
                    "io.gerve.lfs..",
                    "io.gerve.access..",
                    "io.gerve.routing..",
                    "io.gerve.fileserver..",
                    "io.gerve.push..",
                    "io.gerve.accesslog..",
                    "io.gerve.login..",
                    "io.gerve.request..",
                    "io.gerve.relay..",
                    "io.gerve.session..",
                    "io.gerve.explain..",
                    "io.gerve.admin..",
                    "io.gerve.folder..",
                    "io.gerve.audit..",
                    "io.gerve.site..",
                    "io.gerve.agent..",
                    "io.gerve.doctor..",
                    "io.gerve.cli..")
            .layer("key service")
            .definedBy("io.gerve.keyservice..")
            .layer("ssh-frontend")
            .definedBy("io.gerve.ssh..")
            .layer("testbed")
            .definedBy("io.gerve.testbed..")
            .ensureAllClassesAreContainedInArchitecture()
            .whereLayer("testbed")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("ssh-frontend")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("key service")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("gerve")
            .mayOnlyBeAccessedByLayers("key service", "ssh-frontend", "testbed")
            .whereLayer("keys")
            .mayOnlyBeAccessedByLayers("gerve", "key service", "ssh-frontend", "testbed")
            .whereLayer("sql")
            .mayOnlyBeAccessedByLayers("keys", "gerve", "key service", "ssh-frontend", "testbed");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("io.gerve.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_CYCLES_IN_THE_TESTBED = slices().matching("io.gerve.testbed.(*)..")
            .should()
            .beFreeOfCycles()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule ONLY_THE_SSH_PACKAGE_DEPENDS_ON_MINA = noClasses()
            .that(resideOutsideOfPackages("io.gerve.ssh..", "io.gerve.testbed.fileserver.."))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.sshd..")
            .because(
                    "MINA may be replaced, and its pitfalls are handled in one place; the testbed's file server is not shipped");

    @ArchTest
    static final ArchRule ONLY_THE_FILE_SERVER_PACKAGE_DEPENDS_ON_JSCH = noClasses()
            .that()
            .resideOutsideOfPackage("io.gerve.fileserver..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.jcraft.jsch..");

    @ArchTest
    static final ArchRule ONLY_THE_TRACES_DEPEND_ON_OPENTELEMETRY = noClasses()
            .that()
            .haveNameNotMatching("io\\.gerve\\.request\\.OtlpRequestTraces(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule ONLY_THE_HTTP_LISTENER_DEPENDS_ON_HELIDON = noClasses()
            .that()
            .haveNameNotMatching("io\\.gerve\\.keyservice\\.http\\.(HttpListener|HelidonConnections(\\$\\w+)?)")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.helidon..");

    @ArchTest
    static final ArchRule ONLY_THE_PAGE_RENDERER_DEPENDS_ON_PEBBLE = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("io.gerve.keyservice.web.PageRenderer")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.pebbletemplates..");

    @ArchTest
    static final ArchRule NO_CYCLES_IN_KEYLOOKUP =
            slices().matching("io.gerve.keylookup.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_CYCLES_IN_THE_KEY_SERVICE =
            slices().matching("io.gerve.keyservice.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_CYCLES_IN_THE_AUDIT =
            slices().matching("io.gerve.audit.(*)..").should().beFreeOfCycles();

    /**
     * Durations, deadlines and ages are measured by System.nanoTime, since a step of the system clock must end nothing. The
     * classes here need the date: for expiries, records, and options of commands.
     */
    @ArchTest
    static final ArchRule FEW_CLASSES_READ_THE_SYSTEM_CLOCK = noClasses()
            .that()
            .resideOutsideOfPackage("io.gerve.testbed..")
            .and(describe("have no use for the date", type -> !DATE_READERS.contains(topLevelName(type))))
            .should()
            .accessTargetWhere(describe(
                    "read the system clock",
                    access -> CLOCK_READS.contains(access.getTargetOwner().getSimpleName() + "." + access.getName())));

    /** Two classes with the same simple name make a search ambiguous. */
    @ArchTest
    static void everySimpleClassNameOccursOnce(JavaClasses all) {
        Map<String, List<String>> packagesByName = all.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getPackageName().startsWith("io.gerve.sql.schema"))
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(
                        JavaClass::getSimpleName, Collectors.mapping(JavaClass::getPackageName, Collectors.toList())));
        assertThat(packagesByName)
                .allSatisfy((name, packages) -> assertThat(packages).as(name).hasSize(1));
    }

    @ArchTest
    static void noPackageHoldsTooManyFiles(JavaClasses all) {
        Map<String, Long> files = all.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getPackageName().startsWith("io.gerve.sql.schema"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(files).allSatisfy((name, count) -> assertThat(count).as(name).isLessThanOrEqualTo(FILES_MAX));
    }

    @ArchTest
    static final ArchRule ONLY_STORES_DEPEND_ON_JOOQ = noClasses()
            .that(not(resideInAnyPackage("io.gerve.sql..")))
            .and(not(topLevelNameStartsWith("Mysql")))
            .and(not(topLevelNameStartsWith("AuditedTransaction")))
            .and(not(topLevelNameStartsWith("ChangeContext")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.jooq..", "io.gerve.sql.schema..");

    @ArchTest
    static final ArchRule ONLY_REDIS_CLASSES_DEPEND_ON_JEDIS = noClasses()
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

    /**
     * Matches the classes whose outermost class has a name with this prefix. A nested class counts as its outermost
     * class.
     */
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
