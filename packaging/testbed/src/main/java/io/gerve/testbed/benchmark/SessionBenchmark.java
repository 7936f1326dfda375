package io.gerve.testbed.benchmark;

import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.fileserver.LocalFileServer;
import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.Shell;
import io.gerve.testbed.site.Distribution;
import io.gerve.testbed.site.GateProcess;
import io.gerve.testbed.site.SshKeys;
import io.gerve.testbed.site.Stores;
import io.gerve.testbed.site.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code packaging/benchmark}, which measures {@code git ls-remote} and a {@code git archive} of 300 MB through the
 * gate, directly to the file server, and through the frontend of 2009. The access methods take turns, so that other
 * load on the machine affects all alike.
 */
public final class SessionBenchmark {
    /**
     * A gate runs for weeks, so the cost of its first sessions, in which code is interpreted and compiled, is not
     * representative.
     */
    private static final int SHORT_WARM_UP = 100;

    private static final int BULK_WARM_UP = 4;
    private static final int SHORT_ROUNDS = 40;
    private static final int BULK_ROUNDS = 6;
    private static final int BULK_MEGABYTES = 300;
    private static final String REPOSITORY = "mojombo/bert";
    private static final String PATH_ON_DISK = "a/a8/e2/95/mojombo/bert.git";

    private final TestSite site;

    private SessionBenchmark(TestSite site) {
        this.site = site;
    }

    /**
     * Runs the benchmark. The system property {@code gerve.distribution} names the folder of the distribution, {@code
     * gerve.mariadb.home} that of the unpacked MariaDB.
     */
    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("gerve-benchmark-");
        var programs = new Programs();
        var distribution = new Distribution(Path.of(System.getProperty("gerve.distribution")));
        try (var mariaDb = RunningMariaDb.start(folder.resolve("mariadb"));
                var redis = RunningRedis.start(folder.resolve("redis"));
                var site = new TestSite(
                        folder, distribution, Stores.create(mariaDb, redis.uri().toString()), programs)) {
            new SessionBenchmark(site).run(programs);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private void run(Programs programs) throws Exception {
        LocalFileServer server = site.fileServers().getFirst();
        Path key = site.newKey("mojombo");
        site.gerve("server create fs1 fs1a 127.0.0.1 --port %d --host-key '%s'"
                        .formatted(server.port(), server.home().hostKey()))
                .orThrow();
        site.gerve("account create mojombo").orThrow();
        site.gerve("key add --account mojombo " + SshKeys.publicKeyFile(key)).orThrow();
        GateProcess gate = site.startGate();
        site.gerve("repo create " + REPOSITORY).orThrow();
        fill();
        Path identity = site.folder().resolve("keys/gate_identity");
        Path config = site.folder().resolve("direct_ssh_config");
        Path hosts = site.folder().resolve("direct_known_hosts");
        try (var old = new ForcedCommandFrontend(
                site.folder(),
                config,
                "direct",
                site.folder().resolve("keys/gate_host_key"),
                SshKeys.publicKeyFile(key),
                programs)) {
            String gateHostKey = SshKeys.publicKey(site.folder().resolve("keys/gate_host_key"));
            Files.writeString(
                    hosts,
                    "[127.0.0.1]:%d %s%n[127.0.0.1]:%d %s%n"
                            .formatted(server.port(), server.home().hostKey(), old.port(), gateHostKey));
            Files.writeString(
                    config,
                    host("direct", server.port(), server.user(), identity, hosts)
                            + host("front2009", old.port(), server.user(), key, hosts));
            compare(List.of(
                    new AccessMethod("direct", "direct:" + PATH_ON_DISK, () -> 0),
                    new AccessMethod(
                            "gate",
                            "as-mojombo:" + REPOSITORY,
                            () -> ProcessorTime.of(gate.program().pid()).toMillis()),
                    new AccessMethod(
                            "2009",
                            "front2009:" + PATH_ON_DISK,
                            () -> ProcessorTime.of(old.pid()).toMillis())));
        }
    }

    private static String host(String name, int port, String user, Path key, Path knownHosts) {
        return """
                Host %s
                  HostName 127.0.0.1
                  Port %d
                  User %s
                  IdentityFile %s
                  IdentitiesOnly yes
                  UserKnownHostsFile %s
                  StrictHostKeyChecking yes
                  SendEnv GIT_PROTOCOL
                  LogLevel ERROR

                """.formatted(name, port, user, key, knownHosts);
    }

    private void fill() throws IOException, InterruptedException {
        Shell shell = site.shell();
        shell.run("git init -q -b main bert").orThrow();
        Shell work = shell.in(shell.folder().resolve("bert"));
        work.run("head -c %dM /dev/urandom > noise && git add noise && git -c core.compression=0 commit -qm Noise"
                        .formatted(BULK_MEGABYTES))
                .orThrow();
        work.run("git -c pack.compression=0 push -q as-mojombo:" + REPOSITORY + " main")
                .orThrow();
    }

    private void compare(List<AccessMethod> methods) throws IOException, InterruptedException {
        String list = "git ls-remote %s";
        measure(methods, SHORT_WARM_UP, list);
        print("git ls-remote", methods, measure(methods, SHORT_ROUNDS, list));
        String archive = "git archive --format=tar --remote=%s main | wc -c";
        measure(methods, BULK_WARM_UP, archive);
        print("git archive, " + BULK_MEGABYTES + " MB", methods, measure(methods, BULK_ROUNDS, archive));
    }

    private Map<AccessMethod, Measurement> measure(List<AccessMethod> methods, int rounds, String command)
            throws IOException, InterruptedException {
        Map<AccessMethod, Measurement> results = new LinkedHashMap<>();
        methods.forEach(method -> results.put(method, new Measurement()));
        for (int round = 0; round < rounds; round++) {
            for (AccessMethod method : methods) {
                measureOnce(method, command, results.getOrDefault(method, new Measurement()));
            }
        }
        return results;
    }

    private void measureOnce(AccessMethod method, String command, Measurement result)
            throws IOException, InterruptedException {
        Shell shell = method.name().equals("gate")
                ? site.shell()
                : site.shell().with("GIT_SSH_COMMAND", "ssh -F " + site.folder().resolve("direct_ssh_config"));
        long cpu = method.frontendCpu().getAsLong();
        long start = System.nanoTime();
        shell.run(command.formatted(method.address())).orThrow();
        double elapsed = (System.nanoTime() - start) / 1e6;
        result.add(elapsed, method.frontendCpu().getAsLong() - cpu);
    }

    private static void print(String work, List<AccessMethod> methods, Map<AccessMethod, Measurement> results) {
        double direct =
                results.getOrDefault(methods.getFirst(), new Measurement()).median();
        System.out.printf(
                "%n%s%n%-8s %10s %10s %10s %14s%n", work, "method", "median ms", "p95 ms", "x direct", "frontend ms");
        results.forEach((method, measurement) -> System.out.printf(
                "%-8s %10.0f %10.0f %10.2f %14.1f%n",
                method.name(),
                measurement.median(),
                measurement.quantile(0.95),
                measurement.median() / direct,
                measurement.frontendCpuEach()));
    }
}
