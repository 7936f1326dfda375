package io.gerve.packaging.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.site.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Git commands that their clients hold open, a clone and a push for each way to lose the right to them, and one of each
 * that keeps the right. Each pair has its own account, which is a collaborator of one repository.
 */
final class HeldCommands implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int LIFETIME_SECONDS_MIN = 8;
    private static final int LIFETIME_SECONDS_MAX = 256;

    private enum Loss {
        EXPIRED_KEY("ERROR: This key has expired."),
        REVOKED_KEY("ERROR: This key was revoked. Please use another key. Reason: Laptop lost."),
        SUSPENDED_ACCOUNT("suspended: Unpaid since May."),
        REMOVED_COLLABORATOR("ERROR: Repository not found."),
        NONE("");

        private final String message;

        Loss(String message) {
            this.message = message;
        }
    }

    /** @param name name of the account, of its key, and of the branch that it pushes */
    private record Pair(Loss loss, String name, Path key, Process fetch, Process push) {}

    private final RunningGate gate;
    private final String prefix;
    private final String repository;
    private final Path folder;
    private final List<Pair> pairs = new ArrayList<>();

    private HeldCommands(RunningGate gate, String prefix) throws Exception {
        this.gate = gate;
        this.prefix = prefix;
        this.repository = gate.newRepositoryWithHistory();
        this.folder = Files.createDirectories(gate.shell().folder().resolve(prefix + "held"));
        // git runs this hook after it has connected, and before it sends anything.
        Path hook = gate.shell().folder().resolve(repository).resolve(".git/hooks/pre-push");
        Files.writeString(hook, """
                #!/bin/sh
                read -r _ _ ref _
                touch "%1$s/${ref##*/}.open"
                until [ -e "%1$s/release" ]; do sleep 0.2; done
                """.formatted(folder));
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /**
     * Starts the commands and waits until all have been authorized.
     *
     * @param prefix prefix of the accounts' names, in lower case
     */
    static HeldCommands start(RunningGate gate, String prefix) throws Exception {
        var commands = new HeldCommands(gate, prefix);
        try {
            commands.startExpiring();
            for (Loss loss : Loss.values()) {
                if (loss != Loss.EXPIRED_KEY) {
                    String name = commands.newAccount(loss.name());
                    Path key = gate.newKey(name);
                    gate.addKey(name, key);
                    commands.pairs.add(commands.start(loss, name, key));
                }
            }
            await().atMost(TIMEOUT).until(() -> commands.pairs.stream().allMatch(commands::isOpen));
            return commands;
        } catch (Exception | Error e) {
            commands.close();
            throw e;
        }
    }

    /** Starts the commands of the key that expires. A busy machine may need more time to start them than the key has. */
    private void startExpiring() throws Exception {
        for (int seconds = LIFETIME_SECONDS_MIN; seconds <= LIFETIME_SECONDS_MAX; seconds *= 2) {
            String name = newAccount("expired-after-" + seconds);
            Path key = gate.newKey(name);
            gate.cli("key add --account %s --expires %ds %s".formatted(name, seconds, SshKeys.publicKeyFile(key)));
            Pair pair = start(Loss.EXPIRED_KEY, name, key);
            await().atMost(TIMEOUT)
                    .until(() -> isOpen(pair)
                            || !pair.fetch().isAlive()
                            || !pair.push().isAlive());
            if (isOpen(pair)) {
                pairs.add(pair);
                return;
            }
            end(pair);
        }
        throw new IllegalStateException("no key lived long enough to start a command");
    }

    private String newAccount(String name) {
        String login = prefix + name.toLowerCase(Locale.ROOT).replace('_', '-');
        gate.cli("account create " + login);
        gate.cli("collaborator add %s %s --role write".formatted(repository, login));
        return login;
    }

    private Pair start(Loss loss, String name, Path key) throws IOException {
        Process fetch = gate.shell()
                .start("exec ssh -F %s as-%s \"git-upload-pack '%s'\" >%s 2>&1"
                        .formatted(gate.site().ssh().file(), name, repository, output(name, "fetch")));
        Process push = gate.shell()
                .start("exec git -C %1$s push as-%2$s:%1$s.git main:%2$s >%3$s 2>&1"
                        .formatted(repository, name, output(name, "push")));
        return new Pair(loss, name, key, fetch, push);
    }

    private Path output(String name, String command) {
        return folder.resolve(name + "." + command);
    }

    private boolean isOpen(Pair pair) {
        return read(pair, "fetch").contains("refs/heads/main") && Files.exists(folder.resolve(pair.name() + ".open"));
    }

    private String read(Pair pair, String command) {
        try {
            Path file = output(pair.name(), command);
            return Files.exists(file) ? new String(Files.readAllBytes(file), UTF_8) : "";
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Takes the rights away.
     *
     * @param gerve runs a {@code gerve} command
     */
    void loseRights(Consumer<String> gerve) throws Exception {
        for (Pair pair : pairs) {
            switch (pair.loss()) {
                case REVOKED_KEY -> gerve.accept("key revoke " + fingerprint(pair.key()) + " --reason 'Laptop lost.'");
                case SUSPENDED_ACCOUNT ->
                    gerve.accept("account suspend " + pair.name() + " --reason 'Unpaid since May.'");
                case REMOVED_COLLABORATOR -> gerve.accept("collaborator remove " + repository + " " + pair.name());
                case EXPIRED_KEY, NONE -> {}
            }
        }
    }

    private String fingerprint(Path key) throws Exception {
        return gate.shell().run("ssh-keygen -lf " + key).orThrow().output().split(" ", -1)[1];
    }

    /**
     * Asserts that each command ends with the reason for which its right was lost, and that only the push that kept its
     * right lands.
     */
    void assertEnded() throws Exception {
        for (Pair pair : lost()) {
            await().atMost(TIMEOUT).untilAsserted(() -> {
                assertThat(read(pair, "fetch")).contains(pair.loss().message);
                assertThat(read(pair, "push")).contains(pair.loss().message);
            });
            assertThat(exitStatus(pair.fetch())).as(pair.name()).isEqualTo(128);
        }
        Pair kept = pairs.getLast();
        assertThat(kept.fetch().isAlive()).isTrue();
        Files.createFile(folder.resolve("release"));
        for (Pair pair : lost()) {
            assertThat(exitStatus(pair.push())).as(read(pair, "push")).isNotZero();
        }
        assertThat(exitStatus(kept.push())).as(read(kept, "push")).isZero();
        // A clone that wants nothing ends with a flush packet.
        try (var input = kept.fetch().getOutputStream()) {
            input.write("0000".getBytes(UTF_8));
        }
        assertThat(exitStatus(kept.fetch())).as(read(kept, "fetch")).isZero();
        assertThat(branches()).containsExactlyInAnyOrder("main", kept.name());
    }

    /** Asserts that the records of the commands at gerve-frontend say that the gate ended them, and why. */
    void assertRecorded() {
        for (Pair pair : lost()) {
            await().atMost(TIMEOUT).untilAsserted(() -> {
                List<String> records = gate.cli("audit log --account " + pair.name() + " --all --format json")
                        .output()
                        .lines()
                        .filter(line -> line.contains("\"ended_by\""))
                        .toList();
                assertThat(records)
                        .hasSize(2)
                        .allSatisfy(record -> assertThat(record)
                                .contains("\"ended_by\":\"gate\"", "\"exit_status\":\"128\"", pair.loss().message));
            });
        }
    }

    private List<Pair> lost() {
        return pairs.stream().filter(pair -> pair.loss() != Loss.NONE).toList();
    }

    private List<String> branches() throws Exception {
        return gate.git("ls-remote --heads as-mojombo:" + repository + ".git")
                .orThrow()
                .output()
                .lines()
                .map(line -> line.replaceFirst(".*refs/heads/", ""))
                .toList();
    }

    private static int exitStatus(Process process) throws InterruptedException {
        assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static void end(Pair pair) {
        for (Process process : List.of(pair.fetch(), pair.push())) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Override
    public void close() {
        pairs.forEach(HeldCommands::end);
    }
}
