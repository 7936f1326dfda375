package io.gerve.logging;

/** Settings of the {@code [log]} section. Programs log to standard error, which the service manager stores. */
public record LogSettings(Format format, Level level) {
    public enum Format {
        TEXT,
        JSON
    }

    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }
}
