package io.gerve.keyservice.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a client sent.
 *
 * @param method in upper case
 * @param path decoded, one text for each part between slashes
 * @param query the first value of each parameter, decoded
 * @param headers by lower-case name, one text for each line
 * @param peer who connected, which may be a proxy
 */
public record HttpRequest(
        String id,
        String method,
        List<String> path,
        Map<String, String> query,
        Map<String, List<String>> headers,
        InetAddress peer,
        Body body) {
    public HttpRequest {
        path = List.copyOf(path);
        query = Map.copyOf(query);
        headers = Map.copyOf(headers);
    }

    /** Read when it is asked for: who may not do a thing is not listened to. */
    @FunctionalInterface
    public interface Body {
        /** @throws MalformedRequest if it is longer than what is read, or the client does not send what it announced */
        byte[] bytes() throws MalformedRequest;
    }

    /** @return the header's only line; empty if there is none */
    public Optional<String> header(String name) throws MalformedRequest {
        List<String> lines = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        if (lines.size() > 1) {
            // Which of them a proxy looked at, nobody knows.
            throw MalformedRequest.of("The header " + name + " stands there twice.");
        }
        return lines.stream().findFirst();
    }
}
