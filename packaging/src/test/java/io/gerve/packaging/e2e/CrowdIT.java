package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.site.StandByCopy;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Test of many concurrent sessions. */
@ExtendWith(SharedGate.class)
class CrowdIT {
    private static final int SESSIONS = 100;

    private final RunningGate gate;

    CrowdIT(RunningGate gate) {
        this.gate = gate;
    }

    @Test
    void hundredConcurrentSessionsAllSucceed() throws Exception {
        String repository = gate.newRepositoryWithHistory("--public");
        // The gate uses the standby when the active host is slow to accept a hundred logins at once.
        new StandByCopy(gate.site()).copy(0, 1);
        String head = gate.git("-C " + repository + " rev-parse main").output().strip();
        // Platform threads, since reading the output of a process pins the carrier thread of a virtual thread.
        try (var threads = Executors.newFixedThreadPool(SESSIONS)) {
            // Real clients have processors of their own. Here they yield to the gate, the database and the file
            // servers. One account may have a quarter of the gate's sessions, so there are two.
            var all = threads.invokeAll(IntStream.range(0, SESSIONS)
                    .<Callable<CommandResult>>mapToObj(number -> () -> gate.shell()
                            .run("nice -n 19 git ls-remote as-%s:%s.git refs/heads/main"
                                    .formatted(number % 2 == 0 ? "tom" : "mojombo", repository)))
                    .toList());
            for (var one : all) {
                CommandResult finished = one.get();
                assertThat(finished).isEqualTo(new CommandResult(finished.command(), 0, head + "\trefs/heads/main\n"));
            }
        }
    }
}
