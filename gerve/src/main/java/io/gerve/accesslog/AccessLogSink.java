package io.gerve.accesslog;

/** Keeps what became of requests. */
@FunctionalInterface
public interface AccessLogSink {
    /** Takes a record over. Does not wait for a database; may wait some seconds when more come than can be written anywhere. */
    void write(AccessLogRecord record);
}
