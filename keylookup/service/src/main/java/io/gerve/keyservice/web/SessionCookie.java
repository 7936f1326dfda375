package io.gerve.keyservice.web;

import io.gerve.keyservice.http.HttpRequest;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The one cookie: out of reach for scripts and for requests that other sites make. Over https no other host, not even one of the same
 * domain, can plant it, which is what the prefix of its name says to browsers (RFC 6265bis 4.1.3.2).
 */
final class SessionCookie {
    private final String name;
    private final String attributes;

    /** @param url of the site */
    SessionCookie(URI url) {
        boolean isSecure = "https".equals(url.getScheme());
        this.name = isSecure ? "__Host-gerve" : "gerve";
        this.attributes = "; Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "");
    }

    /** @return empty also if there are two of them, of which one was planted */
    Optional<SessionSecret> read(HttpRequest request) {
        List<String> values = request.headers().getOrDefault("cookie", List.of()).stream()
                .flatMap(line -> Arrays.stream(line.split(";", -1)))
                .map(String::strip)
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> pair.substring(name.length() + 1))
                .toList();
        return values.size() == 1 ? SessionSecret.parse(values.getFirst()) : Optional.empty();
    }

    /** The header's value. Without an age: the browser forgets it when it ends. */
    String set(SessionSecret secret) {
        return name + "=" + secret.text() + attributes;
    }

    String clear() {
        return name + "=" + attributes + "; Max-Age=0";
    }
}
