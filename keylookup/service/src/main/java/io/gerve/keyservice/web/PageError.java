package io.gerve.keyservice.web;

import java.io.Serial;

/** The visitor does not get what they asked for, and reads this instead. */
final class PageError extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final String heading;

    private PageError(int status, String heading, String sentence) {
        super(sentence);
        this.status = status;
        this.heading = heading;
    }

    static PageError malformed(int status, String sentence) {
        return new PageError(status, status == 413 ? "Too much at once" : "Not understood", sentence);
    }

    static PageError forbidden(String sentence) {
        return new PageError(403, "Not allowed", sentence);
    }

    static PageError suspended(String reason) {
        return new PageError(
                403, "Your account was suspended", reason.isEmpty() ? "Ask the site's operators why." : reason);
    }

    static PageError foreignForm() {
        return new PageError(
                403,
                "This form was not taken",
                "It was not sent from a page of this site, or that page is too old, or your browser keeps no cookies. Nothing was"
                        + " changed. Open the page again and send the form from there.");
    }

    static PageError notFound() {
        return new PageError(
                404, "Not found", "There is no such page, or it is about something that is gone or not yours to see.");
    }

    static PageError wrongMethod() {
        return new PageError(405, "Not possible here", "This page cannot be asked for in this way.");
    }

    static PageError tooMany() {
        return new PageError(429, "Too many requests", "You asked too often. Please try again in an hour.");
    }

    static PageError tooManySignIns() {
        return new PageError(
                429,
                "Too many attempts to sign in",
                "From your address, too many tokens were tried that do not work. Please try again in an hour.");
    }

    static PageError internalError() {
        return new PageError(
                500,
                "This should not have happened",
                "Please tell the site's operators, and give them the number of this request, which stands below.");
    }

    /** Making a change again is harmless, so that it need not be said whether it was made. */
    static PageError tryAgain() {
        return new PageError(
                503,
                "Please try again",
                "Gerve cannot look this up just now. If you were making a change, make it again: doing so twice does no harm.");
    }

    int status() {
        return status;
    }

    String heading() {
        return heading;
    }

    String sentence() {
        return String.valueOf(getMessage());
    }
}
