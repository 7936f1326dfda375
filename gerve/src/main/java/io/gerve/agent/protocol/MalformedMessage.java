package io.gerve.agent.protocol;

import java.io.IOException;
import java.io.Serial;

/** The other side does not speak the agent's protocol, so that nothing it says may be relied on. */
public final class MalformedMessage extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    MalformedMessage(String message) {
        super(message);
    }
}
