package io.gerve.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the launchers' search for Java on machines with several versions. */
class FindJavaTest {
    private static final Path SCRIPT =
            Path.of("src/main/dist/share/find-java.sh").toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void javaHomeIsPreferredIfNewEnough() throws Exception {
        Path home = java("mine", "25.0.3");
        assertThat(found(home, "java").output()).isEqualTo(home + "\n");
        Path newer = java("newer", "31");
        assertThat(found(newer, "java").output()).isEqualTo(newer + "\n");
    }

    @Test
    void oldJavaHomeIsSkipped() throws Exception {
        Path old = java("old", "17.0.12");
        Path older = java("older", "1.8.0_402");
        assertThat(found(old, "java").output()).doesNotContain(old.toString());
        assertThat(found(older, "java").output()).doesNotContain(older.toString());
    }

    @Test
    void runtimeWithoutCompilerIsSkippedForJavac() throws Exception {
        Path runtime = java("runtime", "25");
        assertThat(found(runtime, "javac").output()).doesNotContain(runtime.toString());
        executable(runtime.resolve("bin/javac"));
        assertThat(found(runtime, "javac").output()).isEqualTo(runtime + "\n");
    }

    @Test
    void missingJavaIsReportedInOneSentence() throws Exception {
        CommandResult none = new Shell(folder, Map.of(), Duration.ofMinutes(5))
                .run(". '%s'; java_serves() { false; }; find_java javac".formatted(SCRIPT));
        assertThat(none.status()).isEqualTo(1);
        assertThat(none.output())
                .startsWith("JDK 25 or newer is missing: install one")
                .hasLineCount(1);
    }

    private CommandResult found(Path javaHome, String program) throws Exception {
        return new Shell(folder, Map.of("JAVA_HOME", javaHome.toString()), Duration.ofMinutes(5))
                .run("set -eu; . '%s'; find_java %s && echo \"$java_home\"".formatted(SCRIPT, program));
    }

    private Path java(String name, String version) throws Exception {
        Path home = folder.resolve(name);
        executable(home.resolve("bin/java"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static void executable(Path file) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
