package io.gerve.keyservice.web;

import java.io.Serial;

/** Error page. */
final class PageError extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final String heading;

    private PageError(int status, String heading, String message) {
        super(message);
        this.status = status;
        this.heading = heading;
    }

    static PageError malformed(int status, String message) {
        return new PageError(status, status == 413 ? "Request too large" : "Bad request", message);
    }

    static PageError forbidden(String message) {
        return new PageError(403, "Not allowed", message);
    }

    static PageError suspended(String reason) {
        return new PageError(
                403, "Your account was suspended", reason.isEmpty() ? "Please contact the site's operators." : reason);
    }

    static PageError foreignForm() {
        return new PageError(
                403,
                "Form rejected",
                "The form was not sent from a page of this site, the page is too old, or your browser blocks cookies."
                        + " Nothing was changed. Open the page again and send the form from there.");
    }

    static PageError notFound() {
        return new PageError(404, "Not found", "This page does not exist, or you do not have access to it.");
    }

    static PageError wrongMethod() {
        return new PageError(405, "Method not allowed", "This page does not support this request method.");
    }

    static PageError tooMany() {
        return new PageError(429, "Too many requests", "You have sent too many requests. Please try again in an hour.");
    }

    static PageError tooManySignIns() {
        return new PageError(
                429,
                "Too many failed sign-ins",
                "Too many invalid tokens were entered from your address. Please try again in an hour.");
    }

    static PageError internalError() {
        return new PageError(
                500, "Internal error", "Please report this to the site's operators with the request number below.");
    }

    /**
     * Returns the error for an unavailable dependency. Changes can be repeated safely, so it does not say if one was
     * made.
     */
    static PageError tryAgain() {
        return new PageError(
                503,
                "Temporarily unavailable",
                "Please try again. If you were making a change, you can safely repeat it.");
    }

    int status() {
        return status;
    }

    String heading() {
        return heading;
    }

    String message() {
        return String.valueOf(getMessage());
    }
}
