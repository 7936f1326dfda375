package io.gerve.keyservice.http;

/** A part of what is served: the API, the settings page. */
public interface HttpHandler {
    /** Whether the request is for this part to answer, be it by saying that there is no such thing. */
    boolean serves(HttpRequest request);

    /** @param sighting takes what the log is to know */
    HttpResponse answer(HttpRequest request, HttpRequestContext sighting);

    /** The answer to who cannot be heard. */
    HttpResponse fail(HttpRequest request, Failure failure);

    /** Why not. */
    enum Failure {
        /** Too many are heard at this time. */
        BUSY,
        /** It should not have happened, and is in the log. */
        BUG
    }
}
