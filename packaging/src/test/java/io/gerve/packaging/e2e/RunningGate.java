package io.gerve.packaging.e2e;

import static org.awaitility.Awaitility.await;

import io.gerve.cli.GerveInProcess;
import io.gerve.sql.DatabaseSettings;
import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.fileserver.LocalFileServer;
import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Programs;
import io.gerve.testbed.process.Shell;
import io.gerve.testbed.site.Distribution;
import io.gerve.testbed.site.FrontendKind;
import io.gerve.testbed.site.GateProcess;
import io.gerve.testbed.site.SshKeys;
import io.gerve.testbed.site.Stores;
import io.gerve.testbed.site.TestSite;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A gate of the distribution, with 256 MB of heap, before two file servers. The file server fs1 has the first machine as its active host
 * and the second as its stand-by. There are mojombo, defunkt and tom, each with a key, whose repositories are on fs1.
 */
final class RunningGate implements AutoCloseable {
    /** Other tests run beside, and the database and all clients have the same few processors. */
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final TestSite site;
    private final AtomicInteger names = new AtomicInteger();

    private RunningGate(TestSite site) {
        this.site = site;
    }

    static RunningGate start(Path folder) throws Exception {
        return start(folder, FrontendKind.FRONTEND);
    }

    static RunningGate start(Path folder, FrontendKind door) throws Exception {
        return start(
                folder,
                door,
                RunningMariaDb.shared(),
                RunningRedis.shared().newDatabase(),
                Stores.USUAL_FRESH,
                DEADLINE);
    }

    /** For a test that freezes or kills the database or Redis. */
    static RunningGate start(Path folder, RunningMariaDb mariaDb, RunningRedis redis, Duration fresh) throws Exception {
        return start(folder, FrontendKind.FRONTEND, mariaDb, redis.uri(), fresh, Stores.USUAL_DEADLINE);
    }

    private static RunningGate start(
            Path folder, FrontendKind door, RunningMariaDb mariaDb, URI redis, Duration fresh, Duration deadline)
            throws Exception {
        DatabaseSettings database = mariaDb.newMigratedDatabase();
        var stores =
                new Stores(database.url(), database.user(), database.password(), redis.toString(), fresh, deadline);
        var distribution = new Distribution(Path.of(System.getProperty("gerve.distribution", "target/gerve")));
        var gate = new RunningGate(new TestSite(folder, door, distribution, stores, new Programs()));
        try {
            gate.populate();
            switch (door) {
                case FRONTEND -> {
                    gate.site.startGate();
                    // On a busy machine one that has only just begun may ask to try again.
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
        cli("server add fs1 fs1a " + addressOf(site.fileServers().get(0)));
        cli("server add-host fs1 fs1b " + addressOf(site.fileServers().get(1)));
        Path people = Files.createDirectories(site.folder().resolve("people"));
        for (String person : new String[] {"mojombo", "defunkt", "tom"}) {
            Path key = SshKeys.publicKeyFile(site.newKey(person));
            Files.copy(key, people.resolve(key.getFileName()));
        }
        cli("import gitolite '" + people + "' --create-accounts");
    }

    private static String addressOf(LocalFileServer machine) throws IOException {
        return "127.0.0.1 --port %d --host-key '%s'"
                .formatted(machine.port(), machine.home().hostKey());
    }

    void addKey(String login, Path key) throws IOException, InterruptedException {
        cli("key add --account %s %s".formatted(login, SshKeys.publicKeyFile(key)));
    }

    /** Runs a command of {@code gerve}, which must succeed. */
    CommandResult cli(String arguments) {
        return new CommandResult("gerve " + arguments, 0, new GerveInProcess(site.config()).run(arguments));
    }

    /** Makes an empty private repository of mojombo's, whose name no other test has: {@code mojombo/…}. */
    String newRepository(String... options) throws IOException, InterruptedException {
        String name = "mojombo/r" + names.incrementAndGet();
        cli("repo create " + name + " " + String.join(" ", options));
        return name;
    }

    /** Makes a repository with one commit on main, pushed through the gate; a clone of it is in the folder {@code work/<name>}. */
    String newRepositoryWithHistory(String... options) throws IOException, InterruptedException {
        String name = newRepository(options);
        shell().run("mkdir -p '%1$s' && cd '%1$s' && git init -q -b main . && echo hello > file && git add file"
                                .formatted(name)
                        + " && git commit -q -m first && git remote add origin as-mojombo:%s.git && git push -q -u origin main"
                                .formatted(name))
                .orThrow();
        return name;
    }

    /** Makes an organization of mojombo's. */
    String newOrganization() throws IOException, InterruptedException {
        String name = "org" + names.incrementAndGet();
        cli("org create " + name + " --owner mojombo");
        return name;
    }

    /** A key pair of a new host {@code as-<name>}, registered nowhere. */
    Path newKey(String name, String... kind) throws IOException, InterruptedException {
        return site.newKey(name, kind);
    }

    /** Runs {@code git} with these arguments in the folder for work. */
    CommandResult git(String arguments) throws IOException, InterruptedException {
        return shell().run("git " + arguments);
    }

    /** Sends a command, or none, as {@code person}. Its standard input is empty. */
    CommandResult ssh(String person, String options, String command) throws IOException, InterruptedException {
        String quoted = command.isEmpty() ? "" : " '" + command.replace("'", "'\\''") + "'";
        return shell().run("ssh -F %s %s as-%s%s".formatted(site.ssh().file(), options, person, quoted));
    }

    CommandResult ssh(String person, String command) throws IOException, InterruptedException {
        return ssh(person, "-T", command);
    }

    Shell shell() {
        return site.shell();
    }

    /** Where a repository lies on the first machine, which is the active host. */
    Path onDisk(String repository) throws IOException {
        try (var found = Files.find(
                site.fileServers().getFirst().home().folder(), 8, (file, _) -> file.endsWith(repository + ".git"))) {
            return found.findFirst().orElseThrow();
        }
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
