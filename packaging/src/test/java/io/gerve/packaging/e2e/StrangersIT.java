package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.testbed.process.CommandResult;
import io.gerve.testbed.process.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Attacks by clients without a key on the distribution's gate: the short form of {@code packaging/faults strangers}. */
class StrangersIT {
    private static final Duration LIMIT = Duration.ofMinutes(9);

    @Test
    void floodOfClientsWithoutAKeyLocksNobodyOutAndLeavesNothing() throws Exception {
        var shell = new Shell(Path.of("."), Map.of("JAVA_HOME", System.getProperty("java.home")), LIMIT);
        CommandResult flood = shell.run("./faults strangers --quick");
        assertThat(flood.output())
                .containsPattern("\nways=6 connections=\\d{4,} honest_logins=\\d+ failed=0 slowest_login=");
        assertThat(flood.status()).isZero();
    }
}
