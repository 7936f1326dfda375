package io.gerve.keyservice.http;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * HTTP request of a client.
 *
 * @param id identifies the request in the log and in the response
 * @param method in upper case
 * @param path the decoded segments between the slashes
 * @param query the first value of each parameter, decoded
 * @param headers the values by lower-case name, one for each header line
 * @param peer the address of the other end of the connection, which may be a proxy
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

    /**
     * Returns the request with its body in memory. If the body could not be read, the failure is thrown where the body
     * is used.
     */
    HttpRequest withBodyRead() {
        Body read;
        try {
            byte[] bytes = body.bytes();
            read = () -> bytes;
        } catch (MalformedRequest e) {
            read = () -> {
                throw e;
            };
        }
        return new HttpRequest(id, method, path, query, headers, peer, read);
    }

    /** Body of a request. */
    @FunctionalInterface
    public interface Body {
        /**
         * Reads the body.
         *
         * @throws MalformedRequest if the body exceeds {@code keylookup.body_bytes_max} or cannot be read
         */
        byte[] bytes() throws MalformedRequest;
    }

    /**
     * Returns the value of a header, or empty if the request does not have it.
     *
     * @throws MalformedRequest if the header appears more than once
     */
    public Optional<String> header(String name) throws MalformedRequest {
        List<String> lines = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        if (lines.size() > 1) {
            // A proxy may have checked a different one than we would use.
            throw MalformedRequest.of("The header " + name + " appears more than once.");
        }
        return lines.stream().findFirst();
    }
}
