package io.gerve.testbed.gittests;

import io.gerve.program.ExitStatus;
import io.gerve.testbed.site.GateProcess;
import io.gerve.testbed.site.Progress;
import io.gerve.testbed.site.TemporarySite;
import io.gerve.testbed.site.TestSite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * {@code packaging/git-tests}, which runs git's own tests twice on one file server: through plain OpenSSH and through a
 * gate. A subtest that passes through OpenSSH must pass through the gate.
 */
public final class GitTests {
    /** Git leaves HEAD as it is when the first branch is pushed. The gate makes HEAD name that branch. */
    private static final String INTENDED = "t5606-clone-options.sh 20 - guesses initial branch name correctly";

    private GitTests() {}

    /**
     * Runs the tests. The system property {@code gerve.distribution} names the folder of the distribution, {@code
     * gerve.mariadb.home} that of the unpacked MariaDB.
     *
     * @param arguments the folder of git's source, where git is built, and the names of the test scripts
     */
    public static void main(String[] arguments) throws Exception {
        System.exit(run(
                Path.of(arguments[0]).toAbsolutePath(), Arrays.asList(arguments).subList(1, arguments.length)));
    }

    private static int run(Path git, List<String> scripts) throws Exception {
        var progress = new Progress(System.out);
        progress.report("starting a site");
        try (var started = new TemporarySite()) {
            TestSite site = started.site();
            var programs = new PackPrograms(git, site);
            var tests = new TestRun(git, site.folder().resolve("tests"), progress);
            GateProcess gate = site.startGate();
            programs.createRepositories();
            programs.useOpenssh();
            SortedSet<String> throughOpenssh = tests.passed("openssh", scripts);
            programs.useGate();
            SortedSet<String> throughGate = tests.passed("gate", scripts);
            Files.writeString(git.resolveSibling("gate.log"), gate.program().log());
            return report(throughOpenssh, throughGate);
        }
    }

    private static int report(SortedSet<String> throughOpenssh, SortedSet<String> throughGate) {
        SortedSet<String> lost = difference(throughOpenssh, throughGate);
        if (lost.remove(INTENDED)) {
            System.out.println("Passes through OpenSSH only, as intended: " + INTENDED);
        }
        lost.forEach(subtest -> System.out.println("Passes through OpenSSH only: " + subtest));
        difference(throughGate, throughOpenssh)
                .forEach(subtest -> System.out.println("Passes through the gate only: " + subtest));
        System.out.printf(
                "%d subtests pass through OpenSSH, %d through the gate; %d of the former fail through the gate.%n",
                throughOpenssh.size(), throughGate.size(), lost.size());
        return !throughOpenssh.isEmpty() && lost.isEmpty() ? ExitStatus.DONE : ExitStatus.REFUSED;
    }

    private static SortedSet<String> difference(SortedSet<String> all, SortedSet<String> removed) {
        SortedSet<String> rest = new TreeSet<>(all);
        rest.removeAll(removed);
        return rest;
    }
}
