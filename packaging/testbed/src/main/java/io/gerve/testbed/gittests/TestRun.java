package io.gerve.testbed.gittests;

import io.gerve.testbed.site.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Runs of git's test scripts. */
final class TestRun {
    /** Begin of a line of the Test Anything Protocol: {@code ok 12 - fetch a tag}. */
    private static final String PASSED = "ok ";
    /** Begin of the comment on a subtest that is skipped, or known to fail. */
    private static final String COMMENT = " # ";

    private final Path git;
    private final Path root;
    private final Progress progress;

    /**
     * @param git the folder of git's source
     * @param root the folder of the tests' repositories
     */
    TestRun(Path git, Path root, Progress progress) {
        this.git = git;
        this.root = root;
        this.progress = progress;
    }

    /** Returns the subtests that pass, each with the name of its script. The outputs are kept beside git's source. */
    SortedSet<String> passed(String access, List<String> scripts) throws IOException, InterruptedException {
        SortedSet<String> passed = new TreeSet<>();
        for (String script : scripts) {
            SortedSet<String> subtests = passed(access, script);
            progress.report("through %s: %d subtests of %s pass".formatted(access, subtests.size(), script));
            passed.addAll(subtests);
        }
        return passed;
    }

    private SortedSet<String> passed(String access, String script) throws IOException, InterruptedException {
        Path output = git.resolveSibling(script + "." + access + ".log");
        var builder = new ProcessBuilder("./" + script, "--verbose-log", "--root=" + root)
                .directory(git.resolve("t").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("TEST_OUTPUT_DIRECTORY", root.toString());
        builder.start().waitFor();
        return Files.readAllLines(output, StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.startsWith(PASSED) && !line.contains(COMMENT))
                .map(line -> script + " " + line.substring(PASSED.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
