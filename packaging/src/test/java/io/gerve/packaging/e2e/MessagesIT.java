package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.SshKeys;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests of the messages for git users and their exit statuses. */
@ExtendWith(SharedGate.class)
class MessagesIT {
    private static final String WITH_REQUEST_ID = "(?s).*\\[[0-9a-hjkmnp-tv-z]{16}]\\s*";

    private final RunningGate gate;

    MessagesIT(RunningGate gate) {
        this.gate = gate;
    }

    @Test
    void sessionWithoutCommandGetsTheGreeting() throws Exception {
        CommandResult greeting = gate.ssh("mojombo", "");
        assertThat(greeting.output())
                .contains("Hi mojombo! You've successfully authenticated, but Gerve does not provide shell access.");
        assertThat(greeting.status()).isEqualTo(1);
    }

    /** A client that requires a terminal (-tt) gives up. One that only requests it continues and gets the greeting. */
    @Test
    void terminalRequestIsRefused() throws Exception {
        CommandResult refused = gate.ssh("mojombo", "-tt", "");
        assertThat(refused.output()).contains("PTY allocation request failed");
        assertThat(refused.status()).isEqualTo(255);
    }

    @Test
    void deployKeyIsGreetedWithItsRepository() throws Exception {
        String repository = gate.newRepository();
        deployKey("greeted", repository);
        CommandResult greeting = gate.ssh("greeted", "");
        assertThat(greeting.output()).contains("Hi " + repository + "!");
        assertThat(greeting.status()).isEqualTo(1);
    }

    @Test
    void unknownKeyIsDenied() throws Exception {
        gate.newKey("nobody");
        CommandResult refused = gate.ssh("nobody", "");
        assertThat(refused.output()).contains("Permission denied (publickey)");
        assertThat(refused.status()).isEqualTo(255);
    }

    @Test
    void commandOtherThanGitIsRefused() throws Exception {
        for (String line :
                List.of("cat /etc/passwd", "git-lfs-authenticate mojombo/bert download", "git-upload-packs")) {
            CommandResult refused = gate.ssh("mojombo", line);
            assertThat(refused.output())
                    .startsWith(line.split(" ", 2)[0] + ": not found\nERROR: Invalid command: " + line)
                    .matches(WITH_REQUEST_ID);
            assertThat(refused.status()).isEqualTo(127);
        }
    }

    @Test
    void gitCommandForAnImpossibleNameFindsNoRepository() throws Exception {
        assertRefused("mojombo", "git-upload-pack", "ERROR: Repository not found.");
        assertRefused("mojombo", "git-upload-pack 'mojombo/bert.git'; id", "ERROR: Repository not found.");
        assertRefused("mojombo", "git-upload-pack '../etc/passwd'", "ERROR: Repository not found.");
        assertRefused("mojombo", "git-receive-pack --help 'mojombo/bert'", "ERROR: Repository not found.");
    }

    @Test
    void refusedCommandIsTruncatedAndEscapedInTheMessage() throws Exception {
        CommandResult refused = gate.ssh("mojombo", "\u001b[2J" + "x".repeat(500));
        assertThat(refused.output())
                .contains("ERROR: Invalid command: ")
                .doesNotContain("\u001b")
                .doesNotContain("x".repeat(81));
    }

    /** The attack: to learn from the message that a hidden repository exists. */
    @Test
    void missingAndHiddenRepositoriesGetTheSameMessage() throws Exception {
        String repository = gate.newRepository();
        assertRefused("tom", "git-upload-pack '" + repository + ".git'", "ERROR: Repository not found.");
        assertRefused("tom", "git-receive-pack '" + repository + ".git'", "ERROR: Repository not found.");
        assertRefused("tom", "git-upload-pack 'mojombo/no-such.git'", "ERROR: Repository not found.");
        assertRefused("tom", "git-upload-pack 'nobody/at-all.git'", "ERROR: Repository not found.");
    }

    @Test
    void pushByReaderIsDenied() throws Exception {
        String repository = gate.newRepository("--public");
        assertRefused(
                "tom",
                "git-receive-pack '" + repository + ".git'",
                "ERROR: Permission to " + repository + ".git denied to tom.");
    }

    @Test
    void readOnlyDeployKeyReadsOnlyItsRepository() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        String other = gate.newRepository();
        deployKey("reader", repository);
        assertThat(gate.git("ls-remote as-reader:" + repository + ".git").status())
                .isZero();
        assertRefused(
                "reader",
                "git-receive-pack '" + repository + "'",
                "ERROR: The key you are authenticating with has been marked as read only.");
        assertRefused("reader", "git-upload-pack '" + other + "'", "ERROR: Repository not found.");
    }

    @Test
    void readWriteDeployKeyPushes() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        Path key = gate.newKey("writer");
        gate.cli("key add --repo %s --read-write %s".formatted(repository, SshKeys.publicKeyFile(key)));
        CommandResult push = gate.git("-C " + repository + " push as-writer:" + repository + ".git main:by-machine");
        assertThat(push.output()).contains("main -> by-machine");
        assertThat(push.status()).isZero();
    }

    @Test
    void archivedRepositoryIsReadOnly() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        gate.cli("repo archive " + repository);
        assertReads("mojombo", repository);
        assertRefused(
                "mojombo",
                "git-receive-pack '" + repository + "'",
                "ERROR: This repository was archived so it is read-only.");
    }

    @Test
    void lockedRepositoryRefusesPushesWithTheOperatorsReason() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        gate.cli("repo lock " + repository + " --reason 'Being moved, back at noon.'");
        assertReads("mojombo", repository);
        assertRefused("mojombo", "git-receive-pack '" + repository + "'", "Being moved, back at noon.");
    }

    @Test
    void disabledRepositoryRefusesAllAccessWithTheOperatorsReason() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        gate.cli("repo disable " + repository + " --reason 'Taken down, ask legal.'");
        assertRefused("mojombo", "git-upload-pack '" + repository + "'", "Taken down, ask legal.");
        assertRefused("mojombo", "git-receive-pack '" + repository + "'", "Taken down, ask legal.");
        assertRefused("tom", "git-upload-pack '" + repository + "'", "ERROR: Repository not found.");
    }

    @Test
    void renamedRepositoryIsServedUnderItsOldNameWithANote() throws Exception {
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
    void suspendedAccountIsToldTheReason() throws Exception {
        newUser("suspended-one");
        gate.cli("account suspend suspended-one --reason 'Unpaid since May.'");
        CommandResult refused = gate.ssh("suspended-one", "git-upload-pack 'mojombo/bert'");
        assertThat(refused.output()).containsIgnoringCase("suspended").matches(WITH_REQUEST_ID);
        assertThat(refused.status()).isEqualTo(128);
    }

    @Test
    void revokedKeyIsToldTheReason() throws Exception {
        Path key = newUser("revoked-one");
        gate.cli("key revoke %s --reason 'Laptop lost.'".formatted(fingerprint(key)));
        CommandResult refused = gate.ssh("revoked-one", "git-upload-pack 'mojombo/bert'");
        assertThat(refused.output())
                .contains("ERROR: This key was revoked. Please use another key. Reason: Laptop lost.")
                .matches(WITH_REQUEST_ID);
        assertThat(refused.status()).isEqualTo(128);
    }

    @Test
    void expiredKeyIsToldTheReason() throws Exception {
        newUser("late");
        Path key = gate.newKey("late-laptop");
        gate.cli("key add --account late --expires 3s " + SshKeys.publicKeyFile(key));
        await().untilAsserted(() -> {
            CommandResult refused = gate.ssh("late-laptop", "git-upload-pack 'mojombo/bert'");
            assertThat(refused.output()).containsIgnoringCase("expired").matches(WITH_REQUEST_ID);
            assertThat(refused.status()).isEqualTo(128);
        });
    }

    @Test
    void collaboratorHasTheAccessOfTheRoleUntilItsRemoval() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        newUser("guest");
        String pull = "git-upload-pack '" + repository + "'";
        String push = "git-receive-pack '" + repository + "'";
        assertRefused("guest", pull, "ERROR: Repository not found.");

        gate.cli("collaborator add " + repository + " guest --role read");
        assertReads("guest", repository);
        assertRefused("guest", push, "ERROR: Permission to " + repository + ".git denied to guest.");

        gate.cli("collaborator add " + repository + " guest --role write");
        assertPushes("guest", repository);

        gate.cli("collaborator remove " + repository + " guest");
        assertRefused("guest", pull, "ERROR: Repository not found.");
    }

    @Test
    void memberOfAChildTeamHasTheAccessOfTheParentTeam() throws Exception {
        newUser("member");
        String organization = gate.newOrganization();
        String repository = organization + "/tool";
        gate.cli("repo create " + repository);
        gate.cli("org set " + organization + " --base-permission none");
        gate.cli("org add-member " + organization + " member");
        gate.cli("team create " + organization + "/above");
        gate.cli("team create " + organization + "/below --parent " + organization + "/above");
        gate.cli("team add-member " + organization + "/below member");
        assertRefused("member", "git-upload-pack '" + repository + "'", "ERROR: Repository not found.");

        gate.cli("team grant " + organization + "/above " + repository + " write");
        assertReads("member", repository);
        assertThat(gate.ssh("member", "git-receive-pack '" + repository + "'").output())
                .doesNotContain("ERROR");

        gate.cli("team set " + organization + "/below --no-parent");
        assertRefused("member", "git-upload-pack '" + repository + "'", "ERROR: Repository not found.");
    }

    private void assertRefused(String user, String command, String message) throws Exception {
        CommandResult refused = gate.ssh(user, command);
        assertThat(refused.output()).contains(message).matches(WITH_REQUEST_ID);
        assertThat(refused.status()).isEqualTo(128);
    }

    private void assertReads(String user, String repository) throws Exception {
        gate.git("ls-remote as-" + user + ":" + repository + ".git").orThrow();
    }

    private void assertPushes(String user, String repository) throws Exception {
        gate.git("-C " + repository + " push -q as-" + user + ":" + repository + ".git main:by-" + user)
                .orThrow();
    }

    private Path newUser(String login) throws Exception {
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
