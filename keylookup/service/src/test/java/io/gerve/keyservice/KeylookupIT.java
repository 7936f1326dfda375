package io.gerve.keyservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.gerve.sql.testing.RunningMariaDb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts the program in a process of its own. */
class KeylookupIT {
    @TempDir
    private Path home;

    @Test
    void servesRequestsLogsEachOneAndStopsOnSigterm() throws Exception {
        try (var program = start()) {
            program.awaitReady();
            program.process().destroy();
            assertThat(program.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
            // 128 + 15: the exit status of a JVM that ended on SIGTERM.
            assertThat(program.process().exitValue()).isEqualTo(143);
            assertThat(program.log().lines().filter(line -> line.contains("operation=/readyz")))
                    .isNotEmpty()
                    .allMatch(line -> line.matches(".*request_id=[0-9a-z]{16} method=GET .*status=\\d{3} .*"));
            assertThat(program.log())
                    .contains("listening", "stopping", "stopped")
                    .doesNotContain("ERROR", "\tat ");
        }
    }

    @Test
    void unreadableListOfCompromisedKeysFailsAtStart() throws Exception {
        try (var program = start("compromised_keys = [\"leaked\"]")) {
            assertThat(program.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(program.process().exitValue()).isEqualTo(78);
            assertThat(program.log())
                    .startsWith("gerve-keylookup: cannot read the list of compromised keys")
                    .doesNotContain("\tat ");
        }
    }

    /** Its listener would end at the first connection without a file descriptor. */
    @Test
    void moreConnectionsThanFileDescriptorsFailAtStart() throws Exception {
        try (var program = start("connections_max = 2000000000")) {
            assertThat(program.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(program.process().exitValue()).isEqualTo(1);
            assertThat(program.log()).contains("gerve-keylookup: With keylookup.connections_max", "LimitNOFILE");
        }
    }

    private RunningKeylookup start(String... settings) throws IOException {
        return RunningKeylookup.start(home, RunningMariaDb.shared().newMigratedDatabase(), settings);
    }
}
