package io.gerve.push;

import java.util.List;

/**
 * Updates of refs by a push.
 *
 * @param omitted number of refs beyond those that are listed
 */
public record PushedRefs(Source source, List<RefUpdate> updates, int omitted) {
    /** No push, or a push without commands. */
    public static final PushedRefs NONE = new PushedRefs(Source.NOTHING, List.of(), 0);
    /** A push whose bytes did not pass through the gate or were not understood. */
    public static final PushedRefs UNKNOWN = new PushedRefs(Source.UNKNOWN, List.of(), 0);

    public PushedRefs {
        updates = List.copyOf(updates);
    }

    /** Origin of the information. */
    public enum Source {
        NOTHING,
        /** The file server reported the result of each ref. */
        REPORTED,
        /** The commands of the client are known, but not their results. */
        REQUESTED,
        UNKNOWN
    }

    /**
     * @param ref name of the ref, escaped, without spaces; a byte that is not UTF-8 is {@code \}{@code xe9}
     * @param before previous object id as the client sent it, zeros for a new ref
     * @param after new object id, zeros for a deletion
     * @param reason reason of a refusal, as git reported it; may be empty
     */
    public record RefUpdate(String ref, String before, String after, Result result, String reason) {}

    /** Result of the update of a ref. */
    public enum Result {
        UPDATED,
        REFUSED,
        /** The file server reported no result. */
        UNKNOWN
    }
}
