package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.SshKeys;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the git user reads, with its exit status (design, section 4). */
@ExtendWith(SharedGate.class)
class MessagesIT {
    private static final String WITH_REQUEST_ID = "(?s).*\\[[0-9a-hjkmnp-tv-z]{16}]\\s*";

    private final RunningGate gate;

    MessagesIT(RunningGate gate) {
        this.gate = gate;
    }

    @Test
    void noCommandIsAGreeting() throws Exception {
        CommandResult greeting = gate.ssh("mojombo", "");
        assertThat(greeting.output())
                .contains("Hi mojombo! You've successfully authenticated, but Gerve does not provide shell access.");
        assertThat(greeting.status()).isEqualTo(1);
    }

    /** A client that insists on a terminal gives up; one that only asks, as at a prompt, goes on to the greeting. */
    @Test
    void aTerminalIsNotGiven() throws Exception {
        CommandResult refused = gate.ssh("mojombo", "-tt", "");
        assertThat(refused.output()).contains("PTY allocation request failed");
        assertThat(refused.status()).isEqualTo(255);
    }

    @Test
    void aDeployKeyIsGreetedWithItsRepository() throws Exception {
        String repository = gate.newRepository();
        deployKey("greeted", repository);
        CommandResult greeting = gate.ssh("greeted", "");
        assertThat(greeting.output()).contains("Hi " + repository + "!");
        assertThat(greeting.status()).isEqualTo(1);
    }

    @Test
    void anUnknownKeyIsLetInNowhere() throws Exception {
        gate.newKey("nobody");
        CommandResult refused = gate.ssh("nobody", "");
        assertThat(refused.output()).contains("Permission denied (publickey)");
        assertThat(refused.status()).isEqualTo(255);
    }

    @Test
    void whatIsNotAGitCommandIsRefused() throws Exception {
        refuses("mojombo", "cat /etc/passwd", "ERROR: Invalid command: cat /etc/passwd");
        refuses("mojombo", "git-upload-pack", "ERROR: Invalid command: git-upload-pack");
        refuses("mojombo", "git-upload-pack 'mojombo/bert.git'; id", "ERROR: Invalid command: ");
        refuses("mojombo", "git-upload-pack '../etc/passwd'", "ERROR: Invalid command: ");
        refuses("mojombo", "git-receive-pack --help 'mojombo/bert'", "ERROR: Invalid command: ");
    }

    @Test
    void aRefusedCommandIsCutAndItsControlCharactersAreEscaped() throws Exception {
        CommandResult refused = gate.ssh("mojombo", "\u001b[2J" + "x".repeat(500));
        assertThat(refused.output())
                .contains("ERROR: Invalid command: ")
                .doesNotContain("\u001b")
                .doesNotContain("x".repeat(81));
    }

    /** What does not exist and what one may not see must not be told apart. */
    @Test
    void whatIsNotThereAndWhatIsNotYoursReadTheSame() throws Exception {
        String repository = gate.newRepository();
        refuses("tom", "git-upload-pack '" + repository + ".git'", "ERROR: Repository not found.");
        refuses("tom", "git-receive-pack '" + repository + ".git'", "ERROR: Repository not found.");
        refuses("tom", "git-upload-pack 'mojombo/no-such.git'", "ERROR: Repository not found.");
        refuses("tom", "git-upload-pack 'nobody/at-all.git'", "ERROR: Repository not found.");
    }

    @Test
    void whoMayReadButNotPushIsToldSo() throws Exception {
        String repository = gate.newRepository("--public");
        refuses(
                "tom",
                "git-receive-pack '" + repository + ".git'",
                "ERROR: Permission to " + repository + ".git denied to tom.");
    }

    @Test
    void aReadOnlyDeployKeyReadsItsRepositoryAndNothingElse() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        String other = gate.newRepository();
        deployKey("reader", repository);
        assertThat(gate.git("ls-remote as-reader:" + repository + ".git").status())
                .isZero();
        refuses(
                "reader",
                "git-receive-pack '" + repository + "'",
                "ERROR: The key you are authenticating with has been marked as read only.");
        refuses("reader", "git-upload-pack '" + other + "'", "ERROR: Repository not found.");
    }

    @Test
    void aReadWriteDeployKeyPushes() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        Path key = gate.newKey("writer");
        gate.cli("key add --repo %s --read-write %s".formatted(repository, SshKeys.publicKeyFile(key)));
        CommandResult push = gate.git("-C " + repository + " push as-writer:" + repository + ".git main:by-machine");
        assertThat(push.output()).contains("main -> by-machine");
        assertThat(push.status()).isZero();
    }

    @Test
    void anArchivedRepositoryIsReadOnly() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        gate.cli("repo archive " + repository);
        reads("mojombo", repository);
        refuses(
                "mojombo",
                "git-receive-pack '" + repository + "'",
                "ERROR: This repository was archived so it is read-only.");
    }

    @Test
    void aLockedRepositoryRefusesPushesInTheOperatorsWords() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        gate.cli("repo lock " + repository + " --reason 'Being moved, back at noon.'");
        reads("mojombo", repository);
        refuses("mojombo", "git-receive-pack '" + repository + "'", "Being moved, back at noon.");
    }

    @Test
    void aDisabledRepositoryRefusesEverythingInTheOperatorsWords() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        gate.cli("repo disable " + repository + " --reason 'Taken down, ask legal.'");
        refuses("mojombo", "git-upload-pack '" + repository + "'", "Taken down, ask legal.");
        refuses("mojombo", "git-receive-pack '" + repository + "'", "Taken down, ask legal.");
        refuses("tom", "git-upload-pack '" + repository + "'", "ERROR: Repository not found.");
    }

    @Test
    void aRenamedRepositoryGoesOnUnderItsOldName() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        gate.cli("repo rename " + repository + " " + repository + "-new");
        CommandResult clone = gate.git("clone as-mojombo:" + repository + ".git " + repository + "-again");
        assertThat(clone.output())
                .contains("NOTE: " + repository + " moved to " + repository + "-new. Please use the new address.");
        assertThat(clone.status()).isZero();
        CommandResult push = gate.git("-C " + repository + " push origin main:under-the-old-name");
        assertThat(push.output()).contains("NOTE: ", "main -> under-the-old-name");
        assertThat(push.status()).isZero();
    }

    @Test
    void aSuspendedAccountIsToldSo() throws Exception {
        person("suspended-one");
        gate.cli("account suspend suspended-one --reason 'Unpaid since May.'");
        CommandResult refused = gate.ssh("suspended-one", "git-upload-pack 'mojombo/bert'");
        assertThat(refused.output()).containsIgnoringCase("suspended").matches(WITH_REQUEST_ID);
        assertThat(refused.status()).isEqualTo(128);
    }

    @Test
    void aRevokedKeyIsToldSo() throws Exception {
        Path key = person("revoked-one");
        gate.cli("key revoke %s --reason 'Laptop lost.'".formatted(fingerprint(key)));
        CommandResult refused = gate.ssh("revoked-one", "git-upload-pack 'mojombo/bert'");
        assertThat(refused.output())
                .contains("ERROR: This key was revoked. Please use another key. Reason: Laptop lost.")
                .matches(WITH_REQUEST_ID);
        assertThat(refused.status()).isEqualTo(128);
    }

    @Test
    void anExpiredKeyIsToldSo() throws Exception {
        person("late");
        Path key = gate.newKey("late-laptop");
        gate.cli("key add --account late --expires 3s " + SshKeys.publicKeyFile(key));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            CommandResult refused = gate.ssh("late-laptop", "git-upload-pack 'mojombo/bert'");
            assertThat(refused.output()).containsIgnoringCase("expired").matches(WITH_REQUEST_ID);
            assertThat(refused.status()).isEqualTo(128);
        });
    }

    @Test
    void aCollaboratorMayDoWhatTheRoleAllowsUntilItIsTaken() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        person("guest");
        String pull = "git-upload-pack '" + repository + "'";
        String push = "git-receive-pack '" + repository + "'";
        refuses("guest", pull, "ERROR: Repository not found.");

        gate.cli("collaborator add " + repository + " guest --role read");
        reads("guest", repository);
        refuses("guest", push, "ERROR: Permission to " + repository + ".git denied to guest.");

        gate.cli("collaborator add " + repository + " guest --role write");
        pushes("guest", repository);

        gate.cli("collaborator remove " + repository + " guest");
        refuses("guest", pull, "ERROR: Repository not found.");
    }

    @Test
    void aMemberOfATeamBelowMayDoWhatTheTeamAboveMay() throws Exception {
        person("member");
        String organization = gate.newOrganization();
        String repository = organization + "/tool";
        gate.cli("repo create " + repository);
        gate.cli("org base-permission " + organization + " none");
        gate.cli("org add-member " + organization + " member");
        gate.cli("team create " + organization + "/above");
        gate.cli("team create " + organization + "/below --parent " + organization + "/above");
        gate.cli("team add-member " + organization + "/below member");
        refuses("member", "git-upload-pack '" + repository + "'", "ERROR: Repository not found.");

        gate.cli("team grant " + organization + "/above " + repository + " write");
        reads("member", repository);
        assertThat(gate.ssh("member", "git-receive-pack '" + repository + "'").output())
                .doesNotContain("ERROR");

        gate.cli("team set-parent " + organization + "/below");
        refuses("member", "git-upload-pack '" + repository + "'", "ERROR: Repository not found.");
    }

    private void refuses(String person, String command, String message) throws Exception {
        CommandResult refused = gate.ssh(person, command);
        assertThat(refused.output()).contains(message).matches(WITH_REQUEST_ID);
        assertThat(refused.status()).isEqualTo(128);
    }

    private void reads(String person, String repository) throws Exception {
        gate.git("ls-remote as-" + person + ":" + repository + ".git").orThrow();
    }

    private void pushes(String person, String repository) throws Exception {
        gate.git("-C " + repository + " push -q as-" + person + ":" + repository + ".git main:by-" + person)
                .orThrow();
    }

    private Path person(String login) throws Exception {
        gate.cli("account create " + login);
        Path key = gate.newKey(login);
        gate.addKey(login, key);
        return key;
    }

    private void deployKey(String name, String repository) throws Exception {
        Path key = gate.newKey(name);
        gate.cli("key add --repo %s %s".formatted(repository, SshKeys.publicKeyFile(key)));
    }

    private String fingerprint(Path key) throws Exception {
        return gate.shell().run("ssh-keygen -lf " + key).orThrow().output().split(" ", -1)[1];
    }
}
