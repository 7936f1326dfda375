package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
