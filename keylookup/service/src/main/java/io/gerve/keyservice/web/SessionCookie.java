package io.gerve.keyservice.web;

import io.gerve.keyservice.http.HttpRequest;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Session cookie, the only cookie. Scripts cannot read it, and browsers do not send it with forms of other sites. Over
 * https the prefix {@code __Host-} of its name keeps other hosts of the same domain from setting it (RFC 6265bis,
 * section 4.1.3.2).
 */
final class SessionCookie {
    private final String name;
    private final String attributes;

    /** @param url {@code keylookup.url} */
    SessionCookie(URI url) {
        boolean isSecure = "https".equals(url.getScheme());
        this.name = isSecure ? "__Host-gerve" : "gerve";
        this.attributes = "; Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "");
    }

    /** Returns the secret in the cookie. If the request has two such cookies, one was planted: returns empty. */
    Optional<SessionSecret> read(HttpRequest request) {
        List<String> values = request.headers().getOrDefault("cookie", List.of()).stream()
                .flatMap(line -> Arrays.stream(line.split(";", -1)))
                .map(String::strip)
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> pair.substring(name.length() + 1))
                .toList();
        return values.size() == 1 ? SessionSecret.parse(values.getFirst()) : Optional.empty();
    }

    /** Returns the value of Set-Cookie. The cookie has no Max-Age: the browser deletes it when it quits. */
    String set(SessionSecret secret) {
        return name + "=" + secret.text() + attributes;
    }

    /** Returns the value of Set-Cookie that deletes the cookie. */
    String clear() {
        return name + "=" + attributes + "; Max-Age=0";
    }
}
