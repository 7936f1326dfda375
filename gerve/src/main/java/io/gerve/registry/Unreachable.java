package io.gerve.registry;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The database or a file server did not answer, so that nothing may be concluded. The message says which, and what to do. */
public final class Unreachable extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final boolean beforeAnyChange;

    private Unreachable(String message, @Nullable Throwable cause, boolean beforeAnyChange) {
        super(message, cause);
        this.beforeAnyChange = beforeAnyChange;
    }

    public Unreachable(String message) {
        this(message, null, false);
    }

    public Unreachable(String message, Throwable cause) {
        this(message, cause, false);
    }

    /** One of which is known that nothing was changed, and that nothing will be when it answers again. */
    public static Unreachable beforeAnyChange(String message) {
        return new Unreachable(message, null, true);
    }

    public static Unreachable beforeAnyChange(String message, Throwable cause) {
        return new Unreachable(message, cause, true);
    }

    boolean isBeforeAnyChange() {
        return beforeAnyChange;
    }
}
