package io.gerve.logging;

/** The file's {@code [log]}. Logs go to standard error, for the service manager to keep. */
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
