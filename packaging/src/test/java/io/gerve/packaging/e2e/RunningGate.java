package io.gerve.packaging.e2e;

import static org.awaitility.Awaitility.await;

import io.gerve.cli.GerveInProcess;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.fileserver.LocalFileServer;
import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.FreePort;
import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.Shell;
import io.gerve.testbed.site.Distribution;
import io.gerve.testbed.site.FrontendKind;
import io.gerve.testbed.site.GateProcess;
import io.gerve.testbed.site.SshKeys;
import io.gerve.testbed.site.Stores;
import io.gerve.testbed.site.TestSite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Running site of the distribution: a gate with 256 MB of heap, and two file server hosts. The file server fs1 has the
 * first as its active host and the second as its standby. The users mojombo, defunkt and tom each have a key, and
 * their repositories are on fs1.
 */
final class RunningGate implements AutoCloseable {
    /** Long, because concurrent tests, the database and all clients share a few processors. */
    private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(10);
    /** Long, so that a test which needs an invalidation fails without it. */
    private static final Duration CACHE_TTL = Duration.ofMinutes(10);

    /** A test is too short to pay for Java's optimizing compiler. */
    private static final Map<String, String> ENVIRONMENT =
            Map.of("GERVE_FRONTEND_HEAP", "256m", "JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");

    /** A client that gets no processor for a while can still log in. */
    private static final String PATIENT_FRONTEND = "[frontend]\nkex_timeout = \"5m\"\nlogin_grace_time = \"5m\"";

    private final TestSite site;
    private final AtomicInteger names = new AtomicInteger();

    private RunningGate(TestSite site) {
        this.site = site;
    }

    static RunningGate start(Path folder) throws Exception {
        return start(folder, FrontendKind.FRONTEND);
    }

    static RunningGate start(Path folder, FrontendKind frontend) throws Exception {
        return start(
                folder,
                frontend,
                RunningMariaDb.shared(),
                RunningRedis.shared().newDatabase(),
                CACHE_TTL,
                LOOKUP_TIMEOUT);
    }

    /** Starts a site with a Redis of its own. */
    static RunningGate start(Path folder, FrontendKind frontend, RunningMariaDb mariaDb, URI redis, Duration cacheTtl)
            throws Exception {
        return start(folder, frontend, mariaDb, redis, cacheTtl, LOOKUP_TIMEOUT);
    }

    /** Starts a site for a test that freezes or kills the database or Redis. */
    static RunningGate start(Path folder, RunningMariaDb mariaDb, RunningRedis redis, Duration cacheTtl)
            throws Exception {
        return start(folder, FrontendKind.FRONTEND, mariaDb, redis.uri(), cacheTtl, Stores.DEFAULT_LOOKUP_TIMEOUT);
    }

    private static RunningGate start(
            Path folder,
            FrontendKind frontend,
            RunningMariaDb mariaDb,
            URI redis,
            Duration cacheTtl,
            Duration lookupTimeout)
            throws Exception {
        Stores stores = Stores.create(mariaDb, redis.toString(), cacheTtl, lookupTimeout);
        var distribution = new Distribution(Path.of(System.getProperty("gerve.distribution", "target/gerve")));
        var gate = new RunningGate(new TestSite(folder, frontend, distribution, stores, new Programs()));
        try {
            gate.populate();
            switch (frontend) {
                case FRONTEND -> {
                    gate.site.startGate(ENVIRONMENT, config -> config.replace("[frontend]", PATIENT_FRONTEND));
                    // On a busy host, a gate that has just started may tell clients to try again.
                    await().atMost(Duration.ofMinutes(1))
                            .until(() -> gate.ssh("mojombo", "").status() == 1);
                }
                case OPENSSH -> gate.site.startOpensshGate();
            }
            return gate;
        } catch (Exception | Error e) {
            gate.close();
            throw e;
        }
    }

    private void populate() throws Exception {
        cli("server create fs1 fs1a " + addressOf(0));
        cli("host add fs1 fs1b " + addressOf(1));
        Path users = Files.createDirectories(site.folder().resolve("users"));
        for (String user : new String[] {"mojombo", "defunkt", "tom"}) {
            Path key = SshKeys.publicKeyFile(site.newKey(user));
            Files.copy(key, users.resolve(key.getFileName()));
        }
        cli("import gitolite '" + users + "' --create-accounts");
    }

    /** Returns the arguments for the address and host key of a file server host, by its index. */
    String addressOf(int host) throws IOException {
        LocalFileServer server = site.fileServers().get(host);
        return "127.0.0.1 --port %d --host-key '%s'"
                .formatted(server.port(), server.home().hostKey());
    }

    void addKey(String login, Path key) throws IOException, InterruptedException {
        cli("key add --account %s %s".formatted(login, SshKeys.publicKeyFile(key)));
    }

    /** Runs a {@code gerve} command, which must succeed. */
    CommandResult cli(String arguments) {
        return new CommandResult("gerve " + arguments, 0, new GerveInProcess(site.operatorConfig()).run(arguments));
    }

    /** Runs a {@code gerve} command that no gate hears of, as if whoever controls Redis withheld its message. */
    CommandResult cliWithoutRedis(String arguments) {
        Path config = site.operatorConfig().resolveSibling("dead-redis.toml");
        try {
            String text = Files.readString(site.operatorConfig());
            Files.writeString(
                    config, text.replaceFirst("\"redis://[^\"]+\"", "\"redis://127.0.0.1:" + FreePort.find() + "\""));
            Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new CommandResult("gerve " + arguments, 0, new GerveInProcess(config).run(arguments));
    }

    /** Creates an empty private repository of mojombo with a unique name, and returns the name: {@code mojombo/…}. */
    String newRepository(String... options) throws IOException, InterruptedException {
        String name = "mojombo/r" + names.incrementAndGet();
        cli("repo create " + name + " " + String.join(" ", options));
        return name;
    }

    /**
     * Creates a repository with one commit on main, pushed through the gate. A clone of it is in the folder {@code
     * work/<name>}.
     */
    String newRepositoryWithHistory(String... options) throws IOException, InterruptedException {
        String name = newRepository(options);
        shell().run("mkdir -p '%1$s' && cd '%1$s' && git init -q -b main . && echo hello > file && git add file"
                                .formatted(name)
                        + " && git commit -q -m first && git remote add origin as-mojombo:%s.git && git push -q -u origin main"
                                .formatted(name))
                .orThrow();
        return name;
    }

    /** Creates an organization that mojombo owns, and returns its name. */
    String newOrganization() throws IOException, InterruptedException {
        String name = "org" + names.incrementAndGet();
        cli("org create " + name + " --owner mojombo");
        return name;
    }

    /**
     * Generates a key pair, which is not registered, and adds the host {@code as-<name>}, which is the gate with that
     * key.
     */
    Path newKey(String name, String... kind) throws IOException, InterruptedException {
        return site.newKey(name, kind);
    }

    /** Runs {@code git} with these arguments in the folder {@code work}. */
    CommandResult git(String arguments) throws IOException, InterruptedException {
        return shell().run("git " + arguments);
    }

    /** Runs {@code ssh} as the user, with a command or without one. Its standard input is empty. */
    CommandResult ssh(String user, String options, String command) throws IOException, InterruptedException {
        String quoted = command.isEmpty() ? "" : " '" + command.replace("'", "'\\''") + "'";
        return shell().run("ssh -F %s %s as-%s%s".formatted(site.ssh().file(), options, user, quoted));
    }

    CommandResult ssh(String user, String command) throws IOException, InterruptedException {
        return ssh(user, "-T", command);
    }

    Shell shell() {
        return site.shell();
    }

    /** Returns the folder of a repository on the first host, which is the active one. */
    Path onDisk(String repository) throws IOException {
        return onDisk(repository, 0);
    }

    /** @param host index of the host */
    private Path onDisk(String repository, int host) throws IOException {
        try (var found = Files.find(
                site.fileServers().get(host).home().folder(), 8, (file, _) -> file.endsWith(repository + ".git"))) {
            return found.findFirst().orElseThrow();
        }
    }

    /**
     * Returns whether a host holds a branch of a repository.
     *
     * @param host index of the host
     */
    boolean hasBranch(int host, String repository, String branch) throws IOException, InterruptedException {
        return git("-C '%s' rev-parse -q --verify refs/heads/%s".formatted(onDisk(repository, host), branch))
                .succeeded();
    }

    TestSite site() {
        return site;
    }

    GateProcess gate() {
        return site.gate();
    }

    @Override
    public void close() {
        site.close();
    }
}
