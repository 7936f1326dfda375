package io.gerve.program;

/**
 * Exit statuses of every program and script of Gerve, from sysexits.h where it has one. The scripts use the same
 * numbers. All members are compile-time constants: {@code gerve-keys} and {@code gerve-shell} use them without loading
 * this class.
 */
public final class ExitStatus {
    public static final int DONE = 0;

    /**
     * The request was refused and nothing was changed; or an audit or {@code key check} found issues, or {@code doctor}
     * errors.
     */
    public static final int REFUSED = 1;

    public static final int USAGE = 2;

    /** EX_UNAVAILABLE: a program or service that is needed is not installed. */
    public static final int UNAVAILABLE = 69;

    /** EX_TEMPFAIL: a dependency did not answer. The same command may succeed later. */
    public static final int TRY_AGAIN = 75;

    /** EX_CONFIG: the configuration cannot be read or is wrong. */
    public static final int CONFIG = 78;

    /** Lines of the help's table of exit statuses, as picocli takes them. */
    public static final String USAGE_HELP =
            "2:Usage error: an unknown command or option, or a value that is not allowed.";

    public static final String UNAVAILABLE_HELP = "69:Java 25, or another program that is needed, is missing.";

    public static final String TRY_AGAIN_HELP = "75:The database, Redis or a file server did not answer. Try again.";

    public static final String CONFIG_HELP = "78:The configuration cannot be read or is wrong.";

    private ExitStatus() {}
}
