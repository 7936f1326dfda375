package io.gerve.admin;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when the database or a file server failed or did not answer. The change may have been made in part, unless the
 * exception is one of {@link #beforeAnyChange}. The message names the dependency and what is known about the outcome.
 */
public final class DependencyUnavailable extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final boolean beforeAnyChange;

    private DependencyUnavailable(String message, @Nullable Throwable cause, boolean beforeAnyChange) {
        super(message, cause);
        this.beforeAnyChange = beforeAnyChange;
    }

    public DependencyUnavailable(String message) {
        this(message, null, false);
    }

    public DependencyUnavailable(String message, Throwable cause) {
        this(message, cause, false);
    }

    /**
     * Returns an exception which states that nothing was changed and that nothing will be changed when the dependency
     * answers again.
     */
    public static DependencyUnavailable beforeAnyChange(String message) {
        return new DependencyUnavailable(message, null, true);
    }

    public static DependencyUnavailable beforeAnyChange(String message, Throwable cause) {
        return new DependencyUnavailable(message, cause, true);
    }

    boolean isBeforeAnyChange() {
        return beforeAnyChange;
    }
}
