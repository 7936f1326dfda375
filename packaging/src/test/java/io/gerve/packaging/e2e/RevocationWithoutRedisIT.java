package io.gerve.packaging.e2e;

import io.gerve.sql.testing.RunningMariaDb;
import io.gerve.sql.testing.RunningRedis;
import io.gerve.testbed.site.FrontendKind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Test that running commands end when their right is lost and no gate hears of it. */
class RevocationWithoutRedisIT {
    private static final Duration CACHE_TTL = Duration.ofSeconds(2);

    /** The attack: a clone or a push is held open, until after the loss of the right to it, and Redis is silenced. */
    @ParameterizedTest
    @EnumSource
    void runningCommandsEndWithoutAMessage(FrontendKind frontend, @TempDir Path folder) throws Exception {
        try (var redis = RunningRedis.start(folder.resolve("redis"));
                var gate = RunningGate.start(
                        folder.resolve("site"), frontend, RunningMariaDb.shared(), redis.uri(), CACHE_TTL)) {
            try (var whileRedisIsUp = HeldCommands.start(gate, "up-");
                    var whileRedisIsDead = HeldCommands.start(gate, "dead-")) {
                whileRedisIsUp.loseRights(gate::cliWithoutRedis);
                whileRedisIsUp.assertEnded();
                redis.kill();
                whileRedisIsDead.loseRights(gate::cli);
                whileRedisIsDead.assertEnded();
                if (frontend == FrontendKind.FRONTEND) {
                    whileRedisIsDead.assertRecorded();
                }
            }
        }
    }
}
