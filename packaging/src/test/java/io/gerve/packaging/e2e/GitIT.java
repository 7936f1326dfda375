package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Shell;
import io.gerve.testbed.site.SshKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of stock git through both frontends. */
@ClassTemplate
@ExtendWith(BothFrontends.class)
class GitIT {
    private final RunningGate gate;

    GitIT(RunningGate gate) {
        this.gate = gate;
    }

    /** If GIT_PROTOCOL is not passed on, git silently falls back from version 2. */
    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "2,1"})
    void requestedProtocolVersionIsUsed(int version, int isAnnounced) throws Exception {
        String repository = gate.newRepositoryWithHistory();
        CommandResult list = gate.shell()
                .with("GIT_TRACE_PACKET", "1")
                .run("git -c protocol.version=" + version + " ls-remote as-mojombo:" + repository + ".git");
        assertThat(list.status()).isZero();
        assertThat(list.output()).contains("refs/heads/main");
        if (isAnnounced == 1) {
            assertThat(list.output()).contains("< version " + version);
        } else {
            assertThat(list.output()).doesNotContain("< version");
        }
        CommandResult clone = gate.git("-c protocol.version=" + version + " clone as-mojombo:" + repository + ".git "
                + repository + "-v" + version);
        assertThat(clone.status()).isZero();
    }

    @Test
    void ownerMayHaveADotInTheLogin() throws Exception {
        gate.cli("account create John.Doe --server fs1");
        gate.addKey("john.doe", gate.newKey("john.doe"));
        gate.cli("repo create john.doe/a.b");
        assertThat(gate.ssh("john.doe", "").output()).contains("Hi John.Doe!");
        newHistory("john.doe/a.b")
                .run("git push -q as-john.doe:john.doe/a.b HEAD:main")
                .orThrow();
        assertThat(gate.git("clone -q as-john.doe:/John.Doe/a.b.git dotted").status())
                .isZero();
        assertThat(gate.onDisk("John.Doe/a.b")).isDirectory();
        gate.cli("repo rename john.doe/a.b john.doe/c");
        assertThat(gate.git("clone -q as-john.doe:John.Doe/c.git dotted2").status())
                .isZero();
    }

    @Test
    void headFollowsTheFirstBranchThatIsPushed() throws Exception {
        String repository = gate.newRepository();
        Shell work = newHistory(repository);
        work.run("git tag v1 && git push -q origin v1").orThrow();
        work.run("git push -q origin HEAD:trunk").orThrow();
        awaitHead(repository, "trunk");
        work.run("git push -q origin HEAD:main HEAD:other").orThrow();
        assertThat(gate.git("clone -q as-mojombo:%1$s.git %1$s-clone && git -C %1$s-clone branch".formatted(repository))
                        .output())
                .isEqualTo("* trunk\n");
    }

    @Test
    void headIsMainIfItIsAmongTheFirstBranches() throws Exception {
        String repository = gate.newRepository("--default-branch", "release");
        newHistory(repository)
                .run("git push -q origin HEAD:first HEAD:main HEAD:zoo")
                .orThrow();
        awaitHead(repository, "main");
        String asCreated = gate.newRepository("--default-branch", "release");
        newHistory(asCreated).run("git push -q origin HEAD:main HEAD:release").orThrow();
        awaitHead(asCreated, "release");
    }

    /** Behind stock OpenSSH, HEAD is set after the client has ended. */
    private void awaitHead(String repository, String branch) {
        await().untilAsserted(() -> assertThat(gate.git("ls-remote --symref as-mojombo:" + repository + ".git HEAD")
                        .output())
                .contains("ref: refs/heads/" + branch + "\tHEAD"));
    }

    /** Makes a local repository with one commit, of which nothing is pushed. */
    private Shell newHistory(String repository) throws Exception {
        gate.shell()
                .run("mkdir -p '%1$s' && cd '%1$s' && git init -q . && echo hello > file && git add file"
                                .formatted(repository)
                        + " && git commit -q -m first && git remote add origin as-mojombo:%s.git".formatted(repository))
                .orThrow();
        return gate.shell().in(gate.shell().folder().resolve(repository));
    }

    /** GitHub and GitLab take these histories, which old versions of git and other programs made. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "commit '1234567890 +051800'", // odd time zone
                "commit_without_space '1234567890 +0000'",
                "tree 0100644 file" // zero-padded mode
            })
    void oldHistoryIsTaken(String history) throws Exception {
        CommandResult push = pushedHistory(history);
        assertThat(push.output()).contains("[new branch]");
        assertThat(push.status()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {"tree 100644 .git,hasDotgit", "commit 'yesterday +0000',badDate", "tree 100644 ..,hasDotdot"})
    void maliciousOrBrokenHistoryIsRefused(String history, String reason) throws Exception {
        CommandResult push = pushedHistory(history);
        assertThat(push.output()).contains(reason);
        assertThat(push.status()).isNotZero();
    }

    /** @param history a shell function and its arguments, which makes a commit that git itself would not */
    private CommandResult pushedHistory(String history) throws Exception {
        return newHistory(gate.newRepository()).run("""
                raw() { git hash-object --literally -w -t "$1" --stdin; }
                identity() { printf 'tree %%s\\nauthor A <a@example.net>%%s%%s\\n' "$1" "$2" "$3"; }
                made() { printf '%%s\\ncommitter A <a@example.net> 1234567890 +0000\\n\\nold\\n' "$1" | raw commit; }
                commit() { made "$(identity $(git rev-parse HEAD^{tree}) ' ' "$1")"; }
                commit_without_space() { made "$(identity $(git rev-parse HEAD^{tree}) '' "$1")"; }
                tree() {
                    id=$( { printf '%%s %%s\\0' "$1" "$2"; git rev-parse HEAD:file | perl -ne 'chomp; print pack "H*", $_'; } | raw tree)
                    made "$(identity $id ' ' '1234567890 +0000')"
                }
                git push origin "$(%s):refs/heads/old"
                """.formatted(history));
    }

    @Test
    void shallowCloneHasOneCommitAndCanBeDeepened() throws Exception {
        String repository = withCommits(5);
        gate.git("clone -q --depth=1 as-mojombo:" + repository + ".git " + repository + "-shallow")
                .orThrow();
        assertThat(commits(repository + "-shallow")).isEqualTo(1);
        gate.git("-C " + repository + "-shallow fetch -q --unshallow").orThrow();
        assertThat(commits(repository + "-shallow")).isEqualTo(6);
    }

    @Test
    void partialCloneFetchesMissingFilesLater() throws Exception {
        String repository = withCommits(3);
        String clone = repository + "-partial";
        gate.git("clone -q --filter=blob:none --no-checkout as-mojombo:" + repository + ".git " + clone)
                .orThrow();
        CommandResult missing = gate.git("-C " + clone + " rev-list --objects --all --missing=print");
        assertThat(missing.output()).contains("\n?");
        gate.git("-C " + clone + " checkout -q main").orThrow();
        assertThat(gate.shell().run("cat " + clone + "/file").output()).isEqualTo("3\n");
    }

    @Test
    void thousandRefsArePushedAtOnce() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        Shell work = gate.shell().in(gate.shell().folder().resolve(repository));
        work.run("for n in $(seq 1000); do echo \"create refs/heads/many/$n HEAD\"; done | git update-ref --stdin")
                .orThrow();
        work.run("git push -q origin 'refs/heads/many/*'").orThrow();
        CommandResult list = work.run("git ls-remote origin 'refs/heads/many/*' | wc -l");
        assertThat(list.output().strip()).isEqualTo("1000");
    }

    @Test
    void archiveEqualsTheLocalArchive() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        CommandResult same = gate.shell()
                .run("git -C %1$s archive --format=tar main > here.tar".formatted(repository)
                        + " && git archive --format=tar --remote=as-mojombo:%1$s.git main > there.tar && cmp here.tar there.tar"
                                .formatted(repository));
        assertThat(same.output()).isEmpty();
        assertThat(same.status()).isZero();
    }

    @Test
    void hookOutputReachesThePusherAndHookKnowsThePusher() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        hook(repository, "pre-receive", "echo 'checked by policy'; env | grep ^GERVE_ | sort");
        CommandResult push = gate.git("-C " + repository + " push origin main:checked");
        assertThat(push.output())
                .contains("remote: checked by policy")
                .containsPattern("remote: GERVE_ACCOUNT\\w*=mojombo")
                .containsPattern("remote: GERVE_REPOSITORY\\w*=" + repository)
                .containsPattern("remote: GERVE_KEY\\w*=SHA256:")
                .containsPattern("remote: GERVE_REQUEST\\w*=[0-9a-z]{16}");
        assertThat(push.status()).isZero();
    }

    @Test
    void refusalOfAHookReachesThePusher() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        hook(repository, "pre-receive", "echo 'not on a Friday' >&2; exit 1");
        CommandResult push = gate.git("-C " + repository + " push origin main:refused");
        assertThat(push.output()).contains("remote: not on a Friday", "pre-receive hook declined");
        assertThat(push.status()).isEqualTo(1);
    }

    /** A push option passes text of the client to hooks. */
    @Test
    void pushOptionsAreRefused() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        CommandResult push = gate.git("-C " + repository + " push -o 'x;y' origin main:with-option");
        assertThat(push.output()).contains("does not support push options");
        assertThat(push.status()).isNotZero();
    }

    /** An operator may allow both. The gate passes them on, and the hook verifies the certificate. */
    @Test
    void signedPushAndPushOptionsReachTheHooks() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        Path key = gate.newKey(
                "signer-of-" + repository.replace('/', '-') + "-" + gate.site().port());
        Path signers = key.resolveSibling(key.getFileName() + ".signers");
        Files.writeString(signers, "mojombo " + Files.readString(SshKeys.publicKeyFile(key)));
        gate.git(
                        ("-C '%1$s' config receive.certNonceSeed seed && git -C '%1$s' config receive.advertisePushOptions true"
                                        + " && git -C '%1$s' config gpg.ssh.allowedSignersFile '%2$s'")
                                .formatted(gate.onDisk(repository), signers))
                .orThrow();
        hook(
                repository,
                "pre-receive",
                "echo \"$GIT_PUSH_CERT_STATUS $GIT_PUSH_CERT_NONCE_STATUS $GIT_PUSH_CERT_SIGNER, option"
                        + " $GIT_PUSH_OPTION_COUNT $GIT_PUSH_OPTION_0\"");
        CommandResult push =
                gate.git(("-C %s -c gpg.format=ssh -c user.signingKey='%s' push --signed -o 'a $(b);\"c' origin"
                                + " main:signed")
                        .formatted(repository, key));
        assertThat(push.output()).contains("remote: G OK mojombo, option 1 a $(b);\"c");
        assertThat(push.status()).isZero();
    }

    /** The gate forwards the client's end of file at once, and must then wait for the hook. */
    @Test
    void pushWaitsForASlowHook() throws Exception {
        String repository = gate.newRepositoryWithHistory();
        hook(repository, "post-receive", "sleep 3; echo 'deployed at last'");
        CommandResult push = gate.git("-C " + repository + " push origin main:slow");
        assertThat(push.output()).contains("remote: deployed at last");
        assertThat(push.status()).isZero();
    }

    private String withCommits(int count) throws Exception {
        String repository = gate.newRepositoryWithHistory();
        gate.shell()
                .in(gate.shell().folder().resolve(repository))
                .run("for n in $(seq " + count + "); do echo $n > file; git commit -q -a -m $n; done; git push -q")
                .orThrow();
        return repository;
    }

    private int commits(String clone) throws Exception {
        return Integer.parseInt(gate.git("-C " + clone + " rev-list --count HEAD")
                .orThrow()
                .output()
                .strip());
    }

    private void hook(String repository, String name, String script) throws Exception {
        Path hook = Files.createDirectories(gate.onDisk(repository).resolve("hooks"))
                .resolve(name);
        Files.writeString(hook, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
