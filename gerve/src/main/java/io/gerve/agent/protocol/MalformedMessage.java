package io.gerve.agent.protocol;

import java.io.IOException;
import java.io.Serial;

/** Thrown when the other side violates the agent's protocol, so that none of its data can be trusted. */
public final class MalformedMessage extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    MalformedMessage(String message) {
        super(message);
    }
}
