package io.gerve.config;

import java.io.Serial;
import java.util.List;

/** The configuration cannot be used. The message is for the operator: one line for each mistake, with its place and what would be right. */
public final class InvalidConfig extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    /** @param mistakes at least one, in the order in which they stand in the file */
    InvalidConfig(List<String> mistakes) {
        super(String.join("\n", mistakes));
    }
}
