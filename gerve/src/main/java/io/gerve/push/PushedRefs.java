package io.gerve.push;

import java.util.List;

/**
 * What a push did to refs.
 *
 * @param omitted refs of the push beyond those that are listed
 */
public record PushedRefs(Source source, List<RefUpdate> updates, int omitted) {
    /** No push, or one that asked for nothing. */
    public static final PushedRefs NONE = new PushedRefs(Source.NOTHING, List.of(), 0);
    /** A push whose bytes did not pass through here, or were not understood. */
    public static final PushedRefs UNKNOWN = new PushedRefs(Source.UNKNOWN, List.of(), 0);

    public PushedRefs {
        updates = List.copyOf(updates);
    }

    /** How much the gate saw. */
    public enum Source {
        NOTHING,
        /** The file server said what became of each ref. */
        REPORTED,
        /** What the client wanted is known, but not what became of it. */
        REQUESTED,
        UNKNOWN
    }

    /**
     * @param ref escaped, without spaces
     * @param before its object id as the client saw it, zeros if it was to be made
     * @param after zeros if it was to be deleted
     * @param reason of a refusal, as git put it; may be empty
     */
    public record RefUpdate(String ref, String before, String after, Result result, String reason) {}

    /** What became of a ref. */
    public enum Result {
        UPDATED,
        REFUSED,
        /** Nobody said. */
        UNKNOWN
    }
}
