package io.gerve.testbed.site;

/**
 * Request to the API of the key service.
 *
 * @param path the path after {@code /api/v3}
 * @param body JSON without an apostrophe, or empty
 */
public record ApiCall(String method, String path, String body) {
    /** Returns the request as a command line for a shell in which {@code GERVE_API} and {@code GERVE_TOKEN} are set. */
    public String asCurl() {
        String data = body.isEmpty() ? "" : " -d '" + body + "'";
        String verb = method.equals(body.isEmpty() ? "GET" : "POST") ? "" : " -X " + method;
        return "curl -sS -H \"Authorization: Bearer $GERVE_TOKEN\"" + verb + " \"$GERVE_API" + path + "\"" + data;
    }
}
