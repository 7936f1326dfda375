package io.gerve.accesslog;

/** Receiver of the records of requests. */
@FunctionalInterface
public interface AccessLogSink {
    /**
     * Accepts a record. Does not wait for the database; blocks for some seconds if records arrive faster than they can
     * be written anywhere.
     */
    void write(AccessLogRecord record);
}
