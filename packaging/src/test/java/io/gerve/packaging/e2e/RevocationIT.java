package io.gerve.packaging.e2e;

import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Test that running commands end when their right is lost. The shared gates authorize a running command again after ten
 * minutes only, so that nothing but the message of the change, or the expiry, ends the commands in time.
 */
@ClassTemplate
@ExtendWith(BothFrontends.class)
class RevocationIT {
    private final RunningGate gate;

    RevocationIT(RunningGate gate) {
        this.gate = gate;
    }

    /** The attack: a clone or a push is held open, until after the loss of the right to it. */
    @Test
    void runningCommandsEndWhenTheirRightIsLost() throws Exception {
        try (var commands = HeldCommands.start(gate, "held-")) {
            commands.loseRights(gate::cli);
            commands.assertEnded();
        }
    }
}
