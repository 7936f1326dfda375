package io.gerve.config;

import java.io.Serial;
import java.util.List;

/**
 * Exception for an unusable configuration file. Its message is for the operator: one line for each error, with its
 * position and the allowed values.
 */
public final class InvalidConfig extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    public InvalidConfig(String error) {
        this(List.of(error));
    }

    /** @param errors at least one error, in the order of their positions in the file */
    InvalidConfig(List<String> errors) {
        super(String.join("\n", errors));
    }
}
