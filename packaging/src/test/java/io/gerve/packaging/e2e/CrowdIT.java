package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.StandByCopy;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many people at one time. */
@ExtendWith(SharedGate.class)
class CrowdIT {
    private static final int SESSIONS = 100;

    private final RunningGate gate;

    CrowdIT(RunningGate gate) {
        this.gate = gate;
    }

    @Test
    void aHundredSessionsRunAtOnce() throws Exception {
        String repository = gate.newRepositoryWithHistory("--public");
        // A host that is slow to take a hundred logins at once is passed over for its stand-by.
        new StandByCopy(gate.site()).copy(0, 1);
        String head = gate.git("-C " + repository + " rev-parse main").output().strip();
        // Virtual threads would take turns: reading what a process writes occupies the thread that carries them.
        try (var threads = Executors.newFixedThreadPool(SESSIONS)) {
            // Clients have processors of their own; here they give way to the gate, its database and its file servers.
            String line = "nice -n 19 git ls-remote as-tom:" + repository + ".git refs/heads/main";
            Callable<CommandResult> list = () -> gate.shell().run(line);
            var all = threads.invokeAll(
                    IntStream.range(0, SESSIONS).mapToObj(_ -> list).toList());
            for (var one : all) {
                CommandResult finished = one.get();
                assertThat(finished).isEqualTo(new CommandResult(finished.command(), 0, head + "\trefs/heads/main\n"));
            }
        }
    }
}
