package io.gerve.packaging.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.gerve.config.GerveConfig;
import io.gerve.sql.Database;
import io.gerve.sql.DatabaseFailure;
import io.gerve.sql.DatabaseSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Attacks by an insider who has the configuration file of a running gate, and with it the rights of its database user. */
@ExtendWith(SharedGate.class)
class GateRightsIT {
    @Test
    void recordOfAPushCannotBeRemovedOrChangedWithTheRightsOfTheGateThatWroteIt(RunningGate gate) throws Exception {
        String repository = gate.newRepositoryWithHistory();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> gate.cli("audit log --repo " + repository + " --command git-receive-pack")
                        .output()
                        .contains(repository));
        DatabaseSettings stolen = GerveConfig.load(gate.gate().config()).database();
        assertThat(stolen.user()).isEqualTo("gerve_gate");

        try (var database = new Database(stolen)) {
            for (String statement : List.of(
                    "DELETE FROM access_log WHERE repository = '" + repository + "'",
                    "UPDATE access_log SET account_id = NULL WHERE repository = '" + repository + "'",
                    "UPDATE access_log_chains SET anchor_position = head_position, anchor_hash = head_hash",
                    "DELETE FROM access_log_chains")) {
                Throwable refused = catchThrowable(() -> database.sql().execute(statement));
                assertThat(refused).as(statement).isNotNull();
                assertThat(DatabaseFailure.of(refused))
                        .as("%s: %s", statement, refused.getMessage())
                        .isEqualTo(DatabaseFailure.ACCESS_DENIED);
            }
        }
        assertThat(gate.cli("audit log verify").output()).contains("unchanged");
    }
}
