package io.gerve.session;

/** Keeps what became of requests. */
@FunctionalInterface
public interface Journal {
    /** Takes a record over. Does not wait for a database; may wait some seconds when more come than can be written anywhere. */
    void note(SessionRecord record);
}
