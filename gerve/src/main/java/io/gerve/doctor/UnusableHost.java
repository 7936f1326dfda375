package io.gerve.doctor;

import java.io.Serial;

/** Failure of a host to reply as a file server must. */
final class UnusableHost extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final String advice;

    /** @param what sentence for the operator, which may quote the host */
    UnusableHost(String what, String advice) {
        super(what);
        this.advice = advice;
    }

    String advice() {
        return advice;
    }
}
