package io.gerve.keylookup.http;

/** A part of what is served: the API, the settings page. */
public interface Part {
    /** Whether the request is for this part to answer, be it by saying that there is no such thing. */
    boolean serves(Request request);

    /** @param sighting takes what the log is to know */
    Reply answer(Request request, Sighting sighting);

    /** The answer to who cannot be heard. */
    Reply fail(Request request, Failure failure);

    /** Why not. */
    enum Failure {
        /** Too many are heard at this time. */
        BUSY,
        /** It should not have happened, and is in the log. */
        BUG
    }
}
