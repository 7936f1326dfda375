package io.gerve.lookup;

/** What an answer is worth. */
public enum Freshness {
    /** The source said so, or nothing has said otherwise since it did. */
    FRESH,
    /** The source cannot be asked; this is what it said within the last minutes. Good enough to read by, not to write by. */
    STALE;

    /** The worth of a conclusion drawn from two answers. */
    public Freshness and(Freshness other) {
        return this == FRESH ? other : this;
    }
}
