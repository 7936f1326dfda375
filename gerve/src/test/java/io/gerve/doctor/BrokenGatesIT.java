package io.gerve.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gerve.config.GerveConfig;
import io.gerve.doctor.ExaminedSite.Diagnosis;
import io.gerve.site.GateComponents;
import io.gerve.site.GateReporter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Gates, and the files of a gate's machine, broken in each way that {@code gerve doctor} names. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokenGatesIT {
    private Path home;
    private ExaminedSite examined;
    private RunningParts gate;

    /** The parts of a gate that report to the database, with the rights of a gate. */
    private record RunningParts(GateComponents components, GateReporter reporter, SimpleMeterRegistry registry)
            implements AutoCloseable {
        static RunningParts start(Path config) throws Exception {
            var registry = new SimpleMeterRegistry();
            var components = new GateComponents(GerveConfig.load(config), InstantSource.system(), registry);
            return new RunningParts(components, components.report("gerve-frontend", config), registry);
        }

        @Override
        public void close() {
            reporter.close();
            components.close();
        }
    }

    /** Change that breaks something, or mends it. */
    private interface Change {
        void make() throws Exception;
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        home = folder;
        examined = ExaminedSite.start(home);
        ExaminedSite.makeKey(home.resolve("fs/gate_key"));
        examined.site().configure("# [file_servers]", "[audit]\ngate = \"gate1\"\nspool = \"spool\"");
        Files.writeString(config(), Files.readString(config()).replace("\"gerve_operator\"", "\"gerve_gate\""));
        gate = RunningParts.start(config());
        awaitReports(1);
        examined.assertSound();
    }

    @AfterAll
    void stop() throws IOException {
        examined.assertSound();
        gate.close();
        examined.close();
    }

    private Path config() {
        return examined.site().config();
    }

    private void awaitReports(int number) {
        await().until(() -> examined.doctor().lines().stream()
                        .filter(line ->
                                line.name().equals("gate") && line.severity().equals("ok"))
                        .count()
                == number);
    }

    private Diagnosis diagnosed(Change fault, Change repair) throws Exception {
        try {
            fault.make();
            return examined.doctor();
        } finally {
            repair.make();
        }
    }

    private static void mode(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static boolean chown(String owner, Path file) throws IOException, InterruptedException {
        return new ProcessBuilder("chown", owner, file.toString()).start().waitFor() == 0;
    }

    @Test
    void modeOfAKeyFileIsWrong() throws Exception {
        Path key = home.resolve("ssh_host_ed25519_key");
        diagnosed(() -> mode(key, "rw-r--r--"), () -> mode(key, "rw-------"))
                .assertError(
                        "key_file", "Every account of this machine can use this private key", "chmod o-rwx " + key);
    }

    @Test
    void ownerOfAKeyFileIsWrong() throws Exception {
        Path key = home.resolve("fs/gate_key");
        assumeTrue(chown("nobody", key), "only root can give a file away");
        diagnosed(() -> {}, () -> chown("root", key))
                .assertError("key_file", "It belongs to nobody, but the gate runs as root", "chown root: " + key);
    }

    @Test
    void keyFileIsMissingOrNoKey() throws Exception {
        Path key = home.resolve("fs/gate_key");
        Path elsewhere = home.resolve("elsewhere");
        diagnosed(() -> Files.move(key, elsewhere), () -> Files.move(elsewhere, key))
                .assertError(
                        "key_file", "There is no such file (file_servers.identity_file).", "Copy it from another gate");
        String text = Files.readString(key);
        diagnosed(() -> Files.writeString(key, "no key"), () -> Files.writeString(key, text))
                .assertError("key_file", "is not a private key", "file_servers.identity_file");
    }

    @Test
    void ownerOfTheSpoolIsWrong() throws Exception {
        Path spool = home.resolve("spool");
        assumeTrue(chown("nobody", spool), "only root can give a folder away");
        diagnosed(() -> {}, () -> chown("root", spool))
                .assertError("spool", "It belongs to nobody, but the gate runs as root", "chown -R root: " + spool);
    }

    @Test
    void spoolIsFull() throws Exception {
        Path file = home.resolve("spool/0000000000000-1.spool");
        diagnosed(
                        () -> {
                            try (var big = new RandomAccessFile(file.toFile(), "rw")) {
                                big.setLength(1024L << 20);
                            }
                        },
                        () -> Files.delete(file))
                .assertError(
                        "spool",
                        "It is full: further records are in the gate's log only.",
                        "journalctl -u gerve-frontend");
    }

    @Test
    void spoolCannotBeLookedAt() throws Exception {
        Path loop = Files.createSymbolicLink(home.resolve("loop"), Path.of("loop"));
        examined.doctorWith("spool = \"spool\"", "spool = \"loop/spool\"")
                .assertUnknown("spool", "It cannot be read", "ls -l " + loop.resolve("spool"));
    }

    @Test
    void runningGateHasAnotherKeyAndSettingThanTheFile() throws Exception {
        Path key = home.resolve("ssh_host_ed25519_key");
        Path before = home.resolve("before");
        Files.move(key, before);
        ExaminedSite.makeKey(key);
        try {
            examined.doctorWith("[audit]", "[cache]\ncache_ttl = \"30s\"\n[audit]")
                    .assertWarning(
                            "gate_settings",
                            "has now: cache.cache_ttl, frontend.host_keys.",
                            "systemctl restart gerve-frontend");
        } finally {
            Files.move(before, key, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void gatesHaveDifferentSettings() throws Exception {
        Path other = home.resolve("other.toml");
        Files.writeString(
                other,
                Files.readString(config())
                        .replace("gate = \"gate1\"", "gate = \"gate2\"")
                        .replace("spool = \"spool\"", "spool = \"spool2\"")
                        .replace("[audit]", "[cache]\ncache_ttl = \"30s\"\n[audit]"));
        mode(other, "rw-------");
        try (var _ = RunningParts.start(other)) {
            awaitReports(2);
            examined.doctor()
                    .assertWarning(
                            "site_settings",
                            "These gates have different values of cache.cache_ttl.",
                            "Compare their configuration files");
        } finally {
            examined.site().sql("DELETE FROM gate_reports WHERE gate = 'gate2'");
        }
    }

    @Test
    void silentGate() throws Exception {
        diagnosed(
                        () -> examined.site().sql(report("gate3", "UTC_TIMESTAMP(6) - INTERVAL 1 HOUR", 0)),
                        () -> examined.site().sql("DELETE FROM gate_reports WHERE gate = 'gate3'"))
                .assertWarning("gate", "It has not reported since", "systemctl start gerve-frontend");
    }

    @Test
    void clockOfAGateIsWrong() throws Exception {
        diagnosed(
                        () -> examined.site().sql("UPDATE gate_reports SET clock = clock - INTERVAL 90 SECOND"),
                        () -> examined.site().sql("UPDATE gate_reports SET clock = clock + INTERVAL 90 SECOND"))
                .assertError("clock", "s behind that of the database.", "timedatectl set-ntp true");
    }

    @Test
    void proxyHeadersOfAnUntrustedBalancer() throws Exception {
        diagnosed(
                        () -> examined.site().sql(report("gate4", "UTC_TIMESTAMP(6)", 7)),
                        () -> examined.site().sql("DELETE FROM gate_reports WHERE gate = 'gate4'"))
                .assertWarning(
                        "trusted_proxies",
                        "7 connections since its start began with a PROXY header",
                        "set frontend.trusted_proxies to their addresses");
    }

    private static String report(String gate, String seenAt, int refusedProxyHeaders) {
        return """
                INSERT INTO gate_reports VALUES ('%s', 'gerve-frontend', 'gerve', '/etc/gerve/gerve.toml',
                  UTC_TIMESTAMP(6), %s, %s, %d, '')""".formatted(gate, seenAt, seenAt, refusedProxyHeaders);
    }

    /** Whoever reads the reports must not be able to guess a password from a hash. */
    @Test
    void reportHoldsNoHashOfASecret() throws Exception {
        String hashes = GerveConfig.load(config()).hashes().text();
        assertThat(hashes).contains("database.user ").doesNotContain("password");
        assertThat(hashes)
                .isEqualTo(configHashes("redis://", "redis://:secret@"))
                .isNotEqualTo(configHashes("gate1", "gate9"));
    }

    private String configHashes(String setting, String changed) throws Exception {
        Path copy = home.resolve("copy.toml");
        Files.writeString(copy, Files.readString(config()).replace(setting, changed));
        mode(copy, "rw-------");
        return GerveConfig.load(copy).hashes().text();
    }
}
