package io.gerve.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.cli.OperatedSite;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** Site that a test breaks, runs {@code gerve doctor} on, and mends. It has its own database server and Redis. */
final class ExaminedSite implements AutoCloseable {
    private final RunningMariaDb mariaDb;
    private final RunningRedis redis;
    private final OperatedSite site;
    private final Path home;

    private ExaminedSite(Path home) throws IOException {
        this.home = home;
        this.mariaDb = RunningMariaDb.start(home.resolve("mariadb"));
        this.redis = RunningRedis.start(home.resolve("redis"));
        this.site = OperatedSite.open(home, mariaDb, redis);
        waitForABusyMachine();
        Files.setPosixFilePermissions(site.config(), PosixFilePermissions.fromString("rw-------"));
        makeKey(home.resolve("ssh_host_ed25519_key"));
    }

    private void waitForABusyMachine() throws IOException {
        Files.writeString(
                site.config(),
                Files.readString(site.config())
                        .replace("[redis]", "query_timeout = \"20s\"\n[redis]\ntimeout = \"10s\""));
    }

    static ExaminedSite start(Path home) throws IOException {
        return new ExaminedSite(home);
    }

    /** Makes a private key without a passphrase. */
    static void makeKey(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Process process =
                new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString()).start();
        assertThat(process.onExit().join().exitValue()).isZero();
    }

    /** One line of {@code gerve doctor --json}. */
    record Line(String name, String subject, String severity, String what, String advice) {
        private static Line of(JsonNode node) {
            return new Line(
                    node.get("name").stringValue(),
                    node.get("subject").stringValue(),
                    node.get("severity").stringValue(),
                    node.path("what").stringValue(""),
                    node.path("do").stringValue(""));
        }
    }

    /** What {@code gerve doctor} found. */
    record Diagnosis(int status, List<Line> lines) {
        /** Returns the issues as text, one a line: {@code severity name subject: what Do: advice}. */
        String issues() {
            return lines.stream()
                    .filter(line -> !line.severity().equals("ok"))
                    .map(line -> "%s %s %s: %s Do: %s"
                            .formatted(line.severity(), line.name(), line.subject(), line.what(), line.advice()))
                    .collect(Collectors.joining("\n"));
        }

        /** Asserts that the check has one issue, an error, with these words and this advice. */
        void assertError(String name, String what, String advice) {
            assertThat(status).as(issues()).isEqualTo(1);
            assertIssue("error", name, what, advice);
        }

        /** Asserts that there is one issue, a warning. */
        void assertWarning(String name, String what, String advice) {
            assertThat(status).as(issues()).isZero();
            assertIssue("warning", name, what, advice);
        }

        /** Asserts that a check could not be made, and that there is no error. */
        void assertUnknown(String name, String what, String advice) {
            assertThat(status).as(issues()).isEqualTo(75);
            assertIssue("unknown", name, what, advice);
        }

        private void assertIssue(String severity, String name, String what, String advice) {
            List<Line> named = lines.stream()
                    .filter(line -> line.name().equals(name) && line.severity().equals(severity))
                    .toList();
            assertThat(named).as(issues()).hasSize(1);
            assertThat(named.getFirst().what()).contains(what);
            assertThat(named.getFirst().advice()).contains(advice);
        }
    }

    Diagnosis doctor() {
        OperatedSite.Run run = site.gerve("doctor", "--json");
        assertThat(run.err()).isEmpty();
        return new Diagnosis(
                run.status(),
                StreamSupport.stream(run.json().spliterator(), false)
                        .map(Line::of)
                        .toList());
    }

    void assertSound() {
        Diagnosis diagnosis = doctor();
        assertThat(diagnosis.status()).as(diagnosis.issues()).isZero();
    }

    /** Runs the doctor with a changed configuration file. */
    Diagnosis doctorWith(String setting, String changed) throws IOException {
        String original = Files.readString(site.config());
        assertThat(original).contains(setting);
        Files.writeString(site.config(), original.replace(setting, changed));
        try {
            return doctor();
        } finally {
            Files.writeString(site.config(), original);
        }
    }

    OperatedSite site() {
        return site;
    }

    RunningMariaDb mariaDb() {
        return mariaDb;
    }

    RunningRedis redis() {
        return redis;
    }

    Path home() {
        return home;
    }

    @Override
    public void close() throws IOException {
        site.close();
        redis.close();
        mariaDb.close();
    }
}
