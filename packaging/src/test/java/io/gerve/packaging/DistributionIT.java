package io.gerve.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of the contents of the distribution, and of the start of its programs. */
class DistributionIT {
    private static final Path HOME = Path.of(System.getProperty("gerve.distribution", "target/gerve"));

    private final Shell shell =
            new Shell(HOME, Map.of("JAVA_HOME", System.getProperty("java.home")), Duration.ofMinutes(5));

    @Test
    void libIncludesEachLibraryOnceAndNoTestLibraries() throws Exception {
        List<String> libraries = names("lib");
        assertThat(libraries)
                .extracting(name -> name.replaceFirst("-[0-9].*", ""))
                .doesNotHaveDuplicates();
        assertThat(libraries)
                .noneMatch(name -> name.contains("junit") || name.contains("tests") || name.contains("embedded-redis"))
                .anyMatch(name -> name.startsWith("gerve-ssh-frontend-"));
    }

    @Test
    void shareAndBinAreComplete() throws Exception {
        assertThat(names("share"))
                .contains(
                        "gerve.toml",
                        "database-rights.sql",
                        "fail2ban",
                        "file-server",
                        "monitoring",
                        "openssh-frontend",
                        "systemd",
                        "README.md");
        assertThat(HOME.resolve("share/file-server/setup")).isExecutable();
        assertThat(HOME.resolve("share/aot-caches")).isExecutable();
        assertThat(HOME.resolve("share/command-supervisor")).isExecutable();
        assertThat(HOME.resolve("share/file-server/git-shell-commands/gerve-repository"))
                .isExecutable();
        assertThat(names("bin"))
                .allMatch(name -> Files.isExecutable(HOME.resolve("bin").resolve(name)));
    }

    @Test
    void programsStartFromAnyPathAndThroughSymlinks() throws Exception {
        CommandResult help = shell.run(
                "d=$(mktemp -d) && ln -s \"$PWD/bin/gerve\" \"$d/gerve\" && \"$d/gerve\" --help; rm -r \"$d\"");
        assertThat(help.output()).contains("Usage: gerve");
        for (String program : List.of("gerve-frontend", "gerve-keylookup")) {
            assertThat(shell.run("cd bin && ./" + program + " --help").output())
                    .contains("Usage: " + program, "--config");
            assertThat(names("share/systemd")).contains(program + ".service");
        }
    }

    /** Standard output belongs to git, so the JVM must not write a message about an unusable cache to it. */
    @Test
    void thinClientsStartWithValidBrokenAndMissingCache(@TempDir Path copy) throws Exception {
        shell.run("cp -r . '" + copy + "/gerve' && rm -rf '" + copy + "/gerve/aot'")
                .orThrow();
        Shell copied = shell.in(copy.resolve("gerve"));
        assertRefusedWithoutAgent(copied);
        copied.run("share/aot-caches").orThrow();
        assertThat(copy.resolve("gerve/aot/thin-clients")).isNotEmptyFile();
        assertRefusedWithoutAgent(copied);
        copied.run("echo garbage >aot/thin-clients").orThrow();
        assertRefusedWithoutAgent(copied);
        copied.run("echo /nonexistent/java >aot/java").orThrow();
        assertRefusedWithoutAgent(copied);
    }

    @Test
    void commandsUseTheirCacheIfItFits(@TempDir Path copy) throws Exception {
        shell.run("cp -r . '" + copy + "/gerve' && rm -rf '" + copy + "/gerve/aot'")
                .orThrow();
        Shell copied = shell.in(copy.resolve("gerve"));
        String command = "bin/gerve --config /nonexistent account show mojombo";
        CommandResult refused = copied.run(command);
        assertThat(refused.output()).isEqualTo("gerve: /nonexistent: there is no such file\n");
        copied.run("share/aot-caches").orThrow();
        assertThat(copied.run(command)).isEqualTo(refused);
        // In this mode Java does not start without its cache.
        Shell strict = copied.with("JDK_JAVA_OPTIONS", "-XX:AOTMode=on");
        assertThat(strict.run(command).status()).isEqualTo(refused.status());
        copied.run("echo garbage >aot/gerve").orThrow();
        assertThat(strict.run(command).status()).isNotEqualTo(refused.status());
        assertThat(copied.run(command)).isEqualTo(refused);
    }

    private static void assertRefusedWithoutAgent(Shell shell) throws Exception {
        CommandResult keys = shell.run("bin/gerve-keys --socket /nonexistent/socket git ssh-ed25519 AAAA 2>/dev/null");
        assertThat(keys.output()).isEmpty();
        assertThat(keys.status()).isEqualTo(75);
        CommandResult command = shell.with("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.1 22")
                .with("JAVA_TOOL_OPTIONS", "-Xmx16m")
                .run("ln -sf \"$PWD/bin/gerve-shell\" link && ./link --socket /nonexistent/socket SHA256:x");
        assertThat(command.output())
                .isEqualTo("ERROR: Gerve cannot check your access just now. Nothing was changed. Please try again.\n");
        assertThat(command.status()).isEqualTo(75);
    }

    @Test
    void invalidHeapSizeIsRefused() throws Exception {
        for (String heap : new String[] {"lots", "1t", "m", "512", "256m -XX:+Evil", "25m6"}) {
            CommandResult refused = shell.with("GERVE_FRONTEND_HEAP", heap).run("bin/gerve-frontend --help");
            assertThat(refused.output()).contains("GERVE_FRONTEND_HEAP must be a size such as 512m or 2g, not " + heap);
            assertThat(refused.status()).isEqualTo(2);
        }
        CommandResult refused = shell.with("GERVE_KEYLOOKUP_HEAP", "lots").run("bin/gerve-keylookup --help");
        assertThat(refused.output()).contains("GERVE_KEYLOOKUP_HEAP must be a size such as 512m or 2g, not lots");
        assertThat(refused.status()).isEqualTo(2);
    }

    @Test
    void unknownConfigurationKeyIsRefusedWithASuggestion() throws Exception {
        CommandResult refused = shell.run("f=$(mktemp) && printf '[frontend]\\nlistem = \"127.0.0.1:22\"\\n' > $f"
                + " && bin/gerve-frontend --config $f; status=$?; rm $f; exit $status");
        assertThat(refused.status()).isEqualTo(78);
        assertThat(refused.output()).contains("listem", "frontend.listen").doesNotContain("\tat ");
    }

    @Test
    void everyProgramPrintsTheVersionItWasBuiltAs() throws Exception {
        String version = names("lib").stream()
                .filter(name -> name.startsWith("gerve-ssh-frontend-"))
                .map(name -> name.replaceAll("gerve-ssh-frontend-|[.]jar", ""))
                .findFirst()
                .orElseThrow();
        for (String program : names("bin")) {
            CommandResult printed = shell.run("bin/" + program + " --version").orThrow();
            assertThat(printed.output().lines().findFirst()).contains(program + " " + version);
        }
        assertThat(shell.run("share/aot-caches --version").orThrow().output())
                .isEqualTo("aot-caches " + version + "\n");
        assertThat(shell.run("share/file-server/setup --version").orThrow().output())
                .isEqualTo("setup " + version + "\n");
    }

    /** The table of exit statuses in gerve/README.md. */
    @ParameterizedTest
    @CsvSource({
        "bin/gerve --version, 0",
        "bin/gerve nonsense, 2",
        "bin/gerve account list --config /nonexistent, 78",
        "bin/gerve agent --config /nonexistent, 78",
        "bin/gerve-frontend --nonsense, 2",
        "bin/gerve-frontend --config /nonexistent, 78",
        "bin/gerve-keylookup --nonsense, 2",
        "bin/gerve-keylookup --config /nonexistent, 78",
        "bin/gerve-keys, 2",
        "bin/gerve-keys --socket /nonexistent git ssh-ed25519 AAAA, 75",
        "share/aot-caches --nonsense, 2",
        "share/aot-caches --config /nonexistent, 78",
        "share/file-server/setup --nonsense, 2",
        "share/file-server/setup --gate-key /nonexistent, 1",
        "../../quickstart --nonsense, 2",
        "../../benchmark --nonsense, 2",
        "../../faults --nonsense, 2",
        "../../faults, 2",
        "../../faults strangers --help, 0"
    })
    void everyProgramUsesTheSameExitStatuses(String command, int status) throws Exception {
        assertThat(shell.run(command).status()).isEqualTo(status);
    }

    private static List<String> names(String folder) throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve(folder))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
