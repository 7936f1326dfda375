package io.gerve.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that the classes, packages and pages that the guides name exist. */
class DocumentationTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z0-9]+[A-Z]\\w*)(?:[.#]\\w+)?`");
    /** A class of one word too, which elsewhere may be another name. */
    private static final Pattern ANY_CLASS = Pattern.compile("`([A-Z][a-z]\\w*)(?:[.#]\\w+)?`");

    private static final Pattern PACKAGE = Pattern.compile("`(io\\.gerve(?:\\.[a-z]+)+)`");
    /** A test class, and perhaps one of its methods. */
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+(?:Test|IT))(?:\\.(\\w+))?`");

    private static final String SECURITY_MODEL = "packaging/doc/security.md";
    private static final String ARCHITECTURE = "packaging/doc/architecture.md";
    private static final String COMMANDS = "io.gerve.cli.";
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");

    @ParameterizedTest
    @ValueSource(strings = {ARCHITECTURE, SECURITY_MODEL})
    void classesAndPackagesNamedInAGuideExist(String guide) throws IOException {
        String text = Files.readString(ROOT.resolve(guide));
        Set<String> classes = sources()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());

        assertThat(findAll(guide.equals(ARCHITECTURE) ? ANY_CLASS : CLASS, text))
                .isNotEmpty()
                .isSubsetOf(classes);
        assertThat(findAll(PACKAGE, text)).isSubsetOf(packages(sources()));
    }

    @Test
    void architectureNamesEveryPackageOfTheProgramsExceptTheGroupsOfCommands() throws IOException {
        Set<String> programs = packages(sources().filter(file -> file.toString().contains("/src/main/")));
        programs.removeIf(name -> name.startsWith(COMMANDS));
        assertThat(findAll(PACKAGE, Files.readString(ROOT.resolve(ARCHITECTURE))))
                .containsAll(programs);
    }

    private static Set<String> packages(Stream<Path> sources) {
        return sources.map(file -> file.toString()
                        .replaceFirst("/[^/]*$", "")
                        .replace('/', '.')
                        .replaceAll(".*\\.java\\.", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyClaimOfTheSecurityModelNamesATest() throws IOException {
        List<String> claims = Files.readAllLines(ROOT.resolve(SECURITY_MODEL)).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| claim "))
                .toList();
        assertThat(claims).isNotEmpty().allSatisfy(claim -> assertThat(claim).containsPattern(TEST));
    }

    @Test
    void testMethodsThatTheSecurityModelNamesExist() throws IOException {
        Set<String> missing = new TreeSet<>();
        Matcher named = TEST.matcher(Files.readString(ROOT.resolve(SECURITY_MODEL)));
        while (named.find()) {
            String method = named.group(2);
            if (method != null && !sourceOf(named.group(1)).contains("void " + method + "(")) {
                missing.add(named.group(1) + "." + method);
            }
        }
        assertThat(missing).isEmpty();
    }

    private static String sourceOf(String className) throws IOException {
        for (Path file : sources().toList()) {
            if (file.endsWith(className + ".java")) {
                return Files.readString(file);
            }
        }
        return "";
    }

    @Test
    void pagesThatTheReadmeAndTheGuidesLinkToExist() throws IOException {
        Set<String> missing = new TreeSet<>();
        for (Path page : pages()) {
            for (String link : findAll(LINK, Files.readString(page))) {
                if (Files.notExists(page.resolveSibling(link))) {
                    missing.add(page + " -> " + link);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    private static Iterable<Path> pages() throws IOException {
        try (Stream<Path> guides = Files.list(ROOT.resolve("packaging/doc"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), guides).toList();
        }
    }

    private static Stream<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files
                    .filter(file -> file.toString().endsWith(".java")
                            && !file.toString().contains("/target/"))
                    .toList()
                    .stream();
        }
    }

    private static Set<String> findAll(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
