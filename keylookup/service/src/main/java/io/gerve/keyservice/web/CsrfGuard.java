package io.gerve.keyservice.web;

import io.gerve.keyservice.http.HttpRequest;
import io.gerve.keyservice.http.MalformedRequest;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * Takes forms from our own pages alone. Two things tell them, either of which would do: what the browser says of where the form was, and
 * a token in it that other sites cannot know.
 */
final class CsrfGuard {
    static final String FIELD = "form_token";

    private final String origin;

    /** @param url of the site */
    CsrfGuard(URI url) {
        boolean isUsualPort = url.getPort() == ("https".equals(url.getScheme()) ? 443 : 80);
        String host = url.getScheme() + "://" + url.getHost();
        this.origin = (url.getPort() < 0 || isUsualPort ? host : host + ":" + url.getPort()).toLowerCase(Locale.ROOT);
    }

    void refuseForeign(HttpRequest request, SubmittedForm form, SessionSecret secret)
            throws PageError, MalformedRequest {
        if (!isOwn(request) || !secret.isFormToken(form.text(FIELD))) {
            throw PageError.foreignForm();
        }
    }

    /** Browsers send the first header over https and on the machine itself only, the second one always. */
    private boolean isOwn(HttpRequest request) throws MalformedRequest {
        Optional<String> site = request.header("Sec-Fetch-Site");
        Optional<String> sender = request.header("Origin");
        return site.isPresent()
                ? site.get().equals("same-origin")
                : sender.map(text -> text.equals(origin)).orElse(false);
    }
}
