package io.gerve.keyservice.web;

import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.MalformedRequest;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * Protection against cross-site request forgery. Accepts only forms of Gerve's own pages, by two independent checks:
 * the browser must report this site as the form's origin, and the form must contain a token that other sites cannot
 * know.
 */
final class CsrfGuard {
    static final String FIELD = "form_token";

    private final String origin;

    /** @param url {@code keylookup.url} */
    CsrfGuard(URI url) {
        boolean isDefaultPort = url.getPort() == ("https".equals(url.getScheme()) ? 443 : 80);
        String host = url.getScheme() + "://" + url.getHost();
        this.origin = (url.getPort() < 0 || isDefaultPort ? host : host + ":" + url.getPort()).toLowerCase(Locale.ROOT);
    }

    /**
     * Refuses what a page of another site loads by itself, such as an image or a frame, so that it does not count against
     * the limit of the network in which the browser is.
     */
    static void refuseEmbedded(HttpRequest request) throws PageError, MalformedRequest {
        boolean isOfAnotherSite =
                request.header("Sec-Fetch-Site").filter("cross-site"::equals).isPresent();
        if (isOfAnotherSite
                && request.header("Sec-Fetch-Dest").filter("document"::equals).isEmpty()) {
            throw PageError.forbidden("A page of another site cannot load this page.");
        }
    }

    /** @throws PageError if the form may come from another site */
    void refuseForeign(HttpRequest request, SubmittedForm form, SessionSecret secret)
            throws PageError, MalformedRequest {
        if (!isSameOrigin(request) || !secret.isFormToken(form.text(FIELD))) {
            throw PageError.foreignForm();
        }
    }

    /** Browsers send Sec-Fetch-Site only over https and to localhost, but Origin always. */
    private boolean isSameOrigin(HttpRequest request) throws MalformedRequest {
        Optional<String> site = request.header("Sec-Fetch-Site");
        Optional<String> formOrigin = request.header("Origin");
        return site.isPresent()
                ? site.get().equals("same-origin")
                : formOrigin.map(text -> text.equals(origin)).orElse(false);
    }
}
