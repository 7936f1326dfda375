package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Shell;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests with a repository bigger than the gate's heap. */
@ExtendWith(SharedGate.class)
class BigRepositoryIT {
    /** Number of parts of 64 MiB. A soak test uses more: {@code -Dgerve.big.parts=80} is 5 GiB. */
    private static final int PARTS = Integer.getInteger("gerve.big.parts", 5);

    private final RunningGate gate;

    BigRepositoryIT(RunningGate gate) {
        this.gate = gate;
    }

    /** git verifies the hash of every object on receipt, so an equal commit ID proves equal bytes. */
    @Test
    void repositoryBiggerThanTheHeapIsPushedAndClonedUnchanged() throws Exception {
        String repository = gate.newRepository();
        Shell shell = gate.shell();
        shell.run(
                        "git init -q -b main big && cd big && git config core.compression 0 && git config core.bigFileThreshold 1m"
                                + " && git config pack.window 0 && git config gc.auto 0"
                                + " && for n in $(seq " + PARTS + "); do head -c 64M /dev/urandom > part$n; done"
                                + " && git add . && git commit -q -m big && rm part*")
                .orThrow();
        shell.run("git -C big push -q as-mojombo:" + repository + ".git main").orThrow();
        CommandResult clone = shell.run("git clone -q --bare as-mojombo:" + repository + ".git big-again");
        assertThat(clone.output()).isEmpty();
        assertThat(clone.status()).isZero();
        assertThat(shell.run("git -C big-again rev-parse main").output())
                .isEqualTo(shell.run("git -C big rev-parse main").output());
        CommandResult size = shell.run("du -sm big-again | cut -f1");
        assertThat(Integer.parseInt(size.output().strip())).isGreaterThanOrEqualTo(64 * PARTS);
        assertThat(gate.gate().program().isRunning()).isTrue();
        gate.cli("repo delete " + repository + " --yes");
        Path home = gate.site().fileServers().getFirst().home().folder();
        shell.run("rm -rf big big-again '" + home + "/.gerve-trash'/*").orThrow();
    }
}
